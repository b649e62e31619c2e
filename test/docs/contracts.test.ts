import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");
const unique = (ids: Iterable<string>) => [...new Set(ids)].sort();

/** First cells of a document's tables, without their marks. */
function firstCells(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^\| `?([^`|]+?)`? \|/gm)].map(([, cell]) => cell!);
}

describe("the list of invariants", () => {
  const sections = read("test/invariant/README.md").split(/^## /m).slice(1);
  const suites = readdirSync(join(root, "test/invariant")).filter((name) => name.endsWith(".t.sol"));

  it("has each suite", () => {
    const linked = sections.map((section) => /\]\((.+?)\)/.exec(section)?.[1]);

    expect(linked.sort()).toEqual(suites.sort());
  });

  it.each(suites)("has the properties that %s asserts, and no others", (suite) => {
    const asserted = [...read(`test/invariant/${suite}`).matchAll(/"([A-Z]+-\d+)[ "]/g)].map(([, id]) => id!);
    const section = sections.find((one) => one.includes(`](${suite})`)) ?? "";
    const listed = firstCells(section).filter((cell) => /^[A-Z]+-\d+$/.test(cell));

    expect(listed).toEqual([...new Set(listed)]);
    expect(unique(asserted)).toEqual(unique(listed));
    expect(listed.length).toBeGreaterThan(0);
  });
});

describe("the list of contracts", () => {
  const [, table] = read("docs/contracts/README.md").split(/^## /m);
  const deployed = readdirSync(join(root, "contracts"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".sol"))
    .flatMap((path) => /^contract (\w+)/m.exec(read(`contracts/${path}`))?.[1] ?? [])
    .sort();

  it("has a row for each contract that is deployed, and no others", () => {
    expect(
      firstCells(table!)
        .filter((cell) => cell !== "contract")
        .sort(),
    ).toEqual(deployed);
  });

  it.each(deployed)("leads to a section that tells of %s", (contract) => {
    const row = table!.split("\n").find((line) => line.startsWith(`| \`${contract}\` |`)) ?? "";
    const [, page, section] = /\]\((\w+\.md)(?:#([\w-]+))?\)/.exec(row) ?? [];

    expect(existsSync(join(root, "docs/contracts", page ?? "")), row).toBe(true);
    const text = read(`docs/contracts/${page}`);
    expect(text).toMatch(new RegExp(`\\b${contract}\\b`));
    const anchors = [...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
      title!
        .toLowerCase()
        .replace(/[^\w\s-]/g, "")
        .replace(/\s/g, "-"),
    );
    if (section !== undefined) expect(anchors).toContain(section);
  });

  it("leads to each page of the reference", () => {
    const linked = unique([...table!.matchAll(/\]\(reference\/(\w+\.md)\)/g)].map(([, page]) => page!));

    expect(linked).toEqual(readdirSync(join(root, "docs/contracts/reference")).sort());
  });
});
