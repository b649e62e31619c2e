/** What a suite says of its own runs overrides the profiles: the deep one's has to be said again. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "@openledger/script";
import { expect, test } from "vitest";

const folder = join(repositoryRoot, "test/invariant");
const suites = readdirSync(folder).filter((name) => name.endsWith(".t.sol"));
const profile = readFileSync(join(repositoryRoot, "foundry.toml"), "utf8").split("[profile.deep.invariant]")[1]!;

const numberIn = (text: string, key: string): number | undefined => {
  const found = new RegExp(`${key} = (\\d+)`).exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
};

test.each(suites)("%s makes a million calls in the deep profile", (name) => {
  const source = readFileSync(join(folder, name), "utf8");
  const [runs, depth] = ["runs", "depth"].map((key) => {
    const own = numberIn(source, `deep.invariant.${key}`) ?? numberIn(source, `default.invariant.${key}`);
    return own ?? numberIn(profile, key)!;
  });

  expect(runs! * depth!).toBeGreaterThanOrEqual(1_000_000);
});
