/** Documents state gas as the tests of gas last measured it: rounded as far as they please, but not stale. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "@openledger/script";
import { describe, expect, it } from "vitest";

const measured = Object.values(
  JSON.parse(readFileSync(join(repositoryRoot, "test/gas/snapshots/actions.json"), "utf8")) as Record<string, string>,
).map(Number);

/** Figures that no test of gas measures, by document. */
const EXPLAINED: Readonly<Record<string, readonly string[]>> = {
  // a bound, which `contribute` keeps
  "docs/contracts/datanets.md": ["80,000"],
  // a part of a settlement
  "docs/audit/self-audit.md": ["14,000"],
};

const FIGURE = /\d[\d,]*(?:\.\d+)?(?: [kM]\b)?/g;
const UNITS: Readonly<Record<string, number>> = { k: 1000, M: 1_000_000 };

const documents = ["README.md", "CHANGELOG.md", ...["contracts", "decisions", "audit"].flatMap(pagesOf)];
const stated = new Map(documents.map((path) => [path, figuresOf(readFileSync(join(repositoryRoot, path), "utf8"))]));

describe("gas in documents", () => {
  it.each([...stated].filter(([, figures]) => figures.length > 0))("is what was measured: %s", (path, figures) => {
    const explained = EXPLAINED[path] ?? [];

    expect(figures.filter((figure) => !explained.includes(figure) && !isMeasured(figure))).toEqual([]);
  });

  it("is found in tables, in rows and in sentences", () => {
    const text =
      "| x | gas |\n|---|---|\n| 2 of 9 | 1.38 M; 70 k |\n\n| gas: one | 34.5 k |\n\n| y |\n|---|\n| 5 |\n\nAbout 80,000 gas.";

    expect(figuresOf(text)).toEqual(["80,000", "1.38 M", "70 k", "34.5 k"]);
    expect([...stated.values()].flat().length).toBeGreaterThan(30);
  });

  it("is explained only where it is stated", () => {
    for (const [path, figures] of Object.entries(EXPLAINED))
      expect(stated.get(path)).toEqual(expect.arrayContaining([...figures]));
  });
});

/** Numbers before the word, in the tables that have a column of it, and in rows that are called so. */
function figuresOf(markdown: string): string[] {
  const sentences = [...markdown.matchAll(/(\d[\d.,]*(?: [kM])?) gas\b/g)].map(([, figure]) => figure!);
  const tables = [...markdown.matchAll(/^\|.*\|\n\|[-|]+\|\n(?:\|.*\|\n?)+/gm)].map(([table]) =>
    table.trim().split("\n"),
  );
  const rows = tables.filter(([header]) => cellsOf(header!).includes("gas")).flatMap(([, , ...lines]) => lines);
  const values = rows.flatMap((row) => cellsOf(row).slice(1));
  const named = [...markdown.matchAll(/^\| gas: [^|]*\|([^|]*)\|/gm)].map(([, cell]) => cell!);
  return [...sentences, ...[...values, ...named].flatMap((cell) => cell.match(FIGURE) ?? [])];
}

function cellsOf(row: string): string[] {
  return row
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}

/** Whether a measured value rounds to the figure, in the figure's own precision. */
function isMeasured(figure: string): boolean {
  const [digits, unit] = figure.replaceAll(",", "").split(" ");
  const decimals = digits!.split(".")[1]?.length ?? 0;
  const scale = unit === undefined ? 1 : UNITS[unit]!;
  return measured.some((value) => (value / scale).toFixed(decimals) === digits);
}

function pagesOf(folder: string): string[] {
  return readdirSync(join(repositoryRoot, "docs", folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${folder}/${name}`);
}
