import { describe, expect, test } from "vitest";
import { tinyProgram } from "../exact/testing/tinyProgram.js";
import { CODE_BYTES, type PositionCodes } from "./codes.js";
import { indexTable } from "./indexTable.js";
import { indexOf } from "./testing/referenceCredits.js";
import { creditsOf, withIndexes } from "./withIndexes.js";

const BASE = tinyProgram({ attribution: "base", vocabulary: 11 });

function row(ids: readonly number[], surprise = 5): PositionCodes {
  return {
    ids: Uint32Array.from(ids),
    surprises: new Uint8Array(ids.length).fill(surprise),
    codes: Uint8Array.from({ length: ids.length * CODE_BYTES }, (_, i) => i + 1),
  };
}

const index = (...rows: PositionCodes[]) => indexOf(rows, (token) => 100 * token - 50);

describe("the table of an index", () => {
  test("is as wide as its longest record, and nothing where a record is shorter", () => {
    const table = indexTable(index(row([3, 10]), row([]), row([0], 127)), 4 + 7);

    expect(table).toMatchObject({ kind: "index", records: 3, positions: 2 });
    expect([...table.entries]).toEqual([3 * 128 + 5, 10 * 128 + 5, 0, 0, 127, 0]);
    const codes = Array.from({ length: 32 }, (_, i) => i + 1);
    expect([...table.codes]).toEqual([
      ...codes,
      ...new Array(32).fill(0),
      ...codes.slice(0, 16),
      ...new Array(16).fill(0),
    ]);
    expect([...table.thresholds]).toEqual([0, 50, 128, 128, 128, 128, 128, 128, 128, 128, 128]);
  });

  test.each<[string, string, PositionCodes[], string]>([
    ["no records", "index_malformed", [], "expected at least one record, found none"],
    [
      "a surprise of 8 bits",
      "index_malformed",
      [row([1]), row([1, 2], 128)],
      "surprises of 7 bits in record 1, found 128",
    ],
    ["a token beyond the vocabulary", "index_malformed", [row([1, 11])], "tokens below 11 in record 0, found 11"],
    [
      "codes cut short",
      "index_malformed",
      [{ ...row([1, 2]), codes: new Uint8Array(CODE_BYTES) }],
      "2 surprises and codes of record 0, found 2 and 1",
    ],
    ["a record of 257 tokens", "record_too_long", [row([]), row(new Array(257).fill(1))], "record 1 has 257 tokens"],
  ])("is not made of %s", (_, code, rows, message) => {
    expect(() => withIndexes(BASE, [index(...rows)])).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });
});

describe("a program with indexes", () => {
  test("is its base, and a block more", () => {
    const indexed = withIndexes(BASE, [index(row([1])), index(row([2]), row([3]))]);

    expect(indexed.ops.slice(0, BASE.ops.length)).toEqual(BASE.ops);
    for (const [name, table] of BASE.tables) expect(indexed.tables.get(name)).toBe(table);
    const at = BASE.ops.length;
    expect(indexed.blocks.slice(BASE.blocks.length)).toEqual([
      { kind: "attribution", from: at, to: at + 18, input: undefined, output: undefined },
    ]);
    const { codes, surprise } = BASE;
    expect(indexed.ops.slice(at)).toEqual([
      { kind: "similarity", codes, index: "index.0" },
      { kind: "similarity", codes, index: "index.1" },
      { kind: "denominator", sums: at },
      { kind: "denominator", sums: at + 1, before: at + 2 },
      { kind: "credit", sums: at, surprise, denominator: at + 3 },
      { kind: "credit", sums: at + 1, surprise, denominator: at + 3 },
      { kind: "continuity", sums: at, credit: at + 4 },
      { kind: "continuity", sums: at + 1, credit: at + 5 },
      { kind: "denominator", sums: at + 6 },
      { kind: "denominator", sums: at + 7, before: at + 8 },
      { kind: "credit", sums: at + 6, surprise, denominator: at + 9 },
      { kind: "credit", sums: at + 7, surprise, denominator: at + 9 },
      { kind: "windowSum", of: surprise, stride: 1 },
      { kind: "windowSum", of: at + 12, stride: 8 },
      { kind: "windowSum", of: at + 10, stride: 1 },
      { kind: "windowSum", of: at + 14, stride: 8 },
      { kind: "windowSum", of: at + 11, stride: 1 },
      { kind: "windowSum", of: at + 16, stride: 8 },
    ]);
    expect(creditsOf(indexed)).toEqual([at + 10, at + 11]);
    expect(withIndexes(BASE, [])).toBe(BASE);
  });

  test("is made of a base that has codes, once", () => {
    const indexed = withIndexes(BASE, [index(row([1]))]);
    for (const program of [tinyProgram(), indexed]) {
      expect(() => withIndexes(program, [index(row([1]))])).toThrow(
        expect.objectContaining({ code: "program_malformed", message: expect.stringContaining("compiled with codes") }),
      );
    }
  });
});
