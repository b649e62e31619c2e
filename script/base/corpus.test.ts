import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { type CorpusSource, collectCorpus, eligibleSources } from "./corpus.js";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const read = <T>(path: string): T => JSON.parse(readFileSync(join(ROOT, path), "utf8")) as T;
const sources = read<CorpusSource[]>("script/base/packages.json");
const seeds = read<{ name: string }[]>("script/seed/packages.json").map((seed) => seed.name);

describe("the base's corpus", () => {
  test("holds no package that seeds a Datanet, and only what the lockfile installs", () => {
    const eligible = new Set(eligibleSources(ROOT).map((source) => `${source.folder}@${source.version}`));

    for (const { folder, version } of sources) {
      expect(seeds.some((seed) => folder.endsWith(`node_modules/${seed}`))).toBe(false);
      expect(eligible).toContain(`${folder}@${version}`);
    }
  });

  test("is plain text of an allowed licence, without copies, with a split that does not move", () => {
    const some = sources.filter(({ folder }) => /^node_modules\/(abitype|ajv|commander|postcss)$/.test(folder));
    const corpus = collectCorpus(ROOT, some);

    expect(corpus.packages.length).toBe(some.length);
    for (const { licence, bytes } of corpus.packages) {
      expect(["MIT", "Apache-2.0"]).toContain(licence);
      expect(bytes).toBeLessThanOrEqual(3_100_000);
    }
    expect(new Set(corpus.files.map((file) => file.text)).size).toBe(corpus.files.length);
    expect(corpus.files.every((file) => !/\.min\.|license/i.test(file.path))).toBe(true);
    const again = collectCorpus(ROOT, some);
    expect(again).toEqual(corpus);
  });

  test("names the package whose version is another", () => {
    const [first] = sources;
    const moved = [{ folder: first!.folder, version: "0.0.0" }];

    expect(() => collectCorpus(ROOT, moved)).toThrow(`${first!.folder} must be version 0.0.0, found ${first!.version}`);
  });
});
