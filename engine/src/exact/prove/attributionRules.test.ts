import { describe, expect, test } from "vitest";
import type { Op, TableName } from "../program/Op.js";
import type { Program, Table } from "../program/Program.js";
import { ReferenceRows } from "../testing/ReferenceRows.js";
import { tinyProgram } from "../testing/tinyProgram.js";
import { proveBounds } from "./proveBounds.js";
import { withOp, withTable } from "./testing/hostilities.js";
import { escapesOf } from "./testing/observedBounds.js";

type Index = Extract<Table, { kind: "index" }>;

const INDEXED = tinyProgram({ attribution: "indexed" });

function at(kind: Op["kind"], count = 0): number {
  return [...INDEXED.ops.keys()].filter((op) => INDEXED.ops[op]!.kind === kind)[count]!;
}

function withEntry(entry: number): Program {
  return withTable<"index">(INDEXED, "index.1", (table) => ({ ...table, entries: table.entries.with(9, entry) }));
}

/** The index of one record of this many positions, all of one token that is a surprise, under a program of its own. */
function wide(positions: number): Program {
  const entries = new Int32Array(positions).fill(128 + 127);
  return withTable<"index">(INDEXED, "index.1", ({ kind, thresholds }) => ({
    kind,
    records: 1,
    positions,
    entries,
    codes: new Uint8Array(16 * positions),
    thresholds,
  }));
}

function changed(change: (table: Index) => Partial<Index>): Program {
  return withTable<"index">(INDEXED, "index.0", (table) => ({ ...table, ...change(table) }));
}

const HOSTILE: readonly (readonly [string, Program, Op["kind"], string])[] = [
  ["an entry below 0", withEntry(-1), "similarity", 'entries of "index.1" are not negative'],
  ["a token beyond the vocabulary", withEntry(11 * 128), "similarity", 'tokens of "index.1" are of the vocabulary'],
  [
    "a threshold of 129",
    withTable<"index">(INDEXED, "index.1", (t) => ({ ...t, thresholds: t.thresholds.with(3, 129) })),
    "similarity",
    'thresholds of "index.1" are up to 128',
  ],
  ["a record of 257 positions", wide(257), "similarity", "a record has up to 256 positions"],
  [
    "a greatest logit that weighs nothing",
    withTable<"integers">(INDEXED, "surprise", ({ kind, data }) => ({ kind, data: data.with(0, 0) })),
    "surprise",
    "the greatest logit weighs something",
  ],
  [
    "weights of 25 bits",
    withTable<"integers">(INDEXED, "surprise", ({ kind, data }) => ({ kind, data: data.with(1, 2 ** 24) })),
    "surprise",
    'integers of "surprise" are below 2^24',
  ],
  [
    "credits over another index's denominator",
    withOp(INDEXED, at("credit", 1), { denominator: at("denominator", 0) }),
    "credit",
    "inputs belong together",
  ],
  [
    "continuity of another index's credits",
    withOp(alike(), at("continuity", 1), { credit: at("credit", 0) }),
    "continuity",
    "inputs belong together",
  ],
  [
    "continuity of what continues already",
    withOp(INDEXED, at("continuity", 1), { sums: at("continuity", 0), credit: at("credit", 0) }),
    "continuity",
    "inputs belong together",
  ],
  [
    "sums of what may be negative",
    withOp(INDEXED, at("windowSum"), { of: at("denominator", 3) }),
    "windowSum",
    "inputs belong together",
  ],
  [
    "a denominator that begins with sums",
    withOp(twoRecords(), at("denominator", 1), { before: at("similarity", 0) }),
    "denominator",
    "inputs belong together",
  ],
];

/** Both indexes are the first. */
function alike(): Program {
  return { ...INDEXED, tables: new Map(INDEXED.tables).set("index.1", INDEXED.tables.get("index.0")!) };
}

/** Both digits of a denominator are as long as the first index's sums. */
function twoRecords(): Program {
  return withTable<"index">(INDEXED, "index.0", (table) => ({
    ...table,
    records: 2,
    entries: table.entries.slice(0, 14),
    codes: table.codes.slice(0, 14 * 16),
  }));
}

describe("proveBounds refuses of attribution", () => {
  test.each(HOSTILE)("%s", (_, program, kind, bound) => {
    expect(() => proveBounds(program)).toThrow(
      expect.objectContaining({ code: "bound_unprovable", unproven: expect.objectContaining({ kind, bound }) }),
    );
  });

  test.each([
    ["entries cut short", changed(({ entries }) => ({ entries: entries.subarray(1) }))],
    ["codes cut short", changed(({ codes }) => ({ codes: codes.subarray(1) }))],
    ["thresholds cut short", changed(({ thresholds }) => ({ thresholds: thresholds.subarray(1) }))],
    ["no records", changed(() => ({ records: 0, entries: new Int32Array(0), codes: new Uint8Array(0) }))],
    ["a grid finer than that of logits", withOp(INDEXED, at("surprise"), { gridBits: 13 })],
  ])("%s", (_, program) => {
    expect(() => proveBounds(program)).toThrow(expect.objectContaining({ code: "program_malformed" }));
  });

  test("what is just beyond a bound, and takes what is just within", () => {
    for (const program of [INDEXED, twoRecords(), wide(256), withEntry(11 * 128 - 1), withEntry(0)])
      expect(() => proveBounds(program)).not.toThrow();
  });
});

/** Token 1 is a surprise after token 0; the code of token 0 is `CODE`. */
const VOCABULARY = 128;
const CODE = new Uint8Array(16).fill(0b0110_1101);

/** Rows of 128 floats are logits and bits of a code alike: what a bound is attained by is easy to write. */
function program(records: readonly (readonly number[])[]): Program {
  const high = new Int8Array(VOCABULARY ** 2);
  for (let i = 0; i < VOCABULARY; i++) high[i] = (CODE[i >> 3]! >> (i & 7)) & 1 ? 100 : -100;
  high[1] = -127;
  const positions = Math.max(...records.map(({ length }) => length));
  const index: Table = {
    kind: "index",
    records: records.length,
    positions,
    entries: Int32Array.from(
      records.flatMap((row) => Array.from({ length: positions }, (_, i) => 128 + (row[i] ?? -128))),
    ),
    codes: new Uint8Array(16 * positions * records.length).map((_, i) => CODE[i % 16]!),
    thresholds: new Uint8Array(VOCABULARY),
  };
  const scales = new Float32Array(VOCABULARY).fill(1);
  const tables = new Map<TableName, Table>([
    ["rows", { kind: "matrix", rows: VOCABULARY, columns: VOCABULARY, high, scales }],
    ["surprise", { kind: "integers", data: Int32Array.of(2 ** 24 - 1, 1) }],
    ["index", index],
  ]);
  const shape = { hidden: 1, layers: 0, heads: 1, kvHeads: 1, headDim: 1, feedForward: 1, endToken: 0 };
  return {
    tier: "w8a8",
    arithmetic: "float",
    ops: [
      { kind: "embed", table: "rows" },
      { kind: "integerLogits", x: 0 },
      { kind: "signBits", x: 0 },
      { kind: "surprise", logits: 1, table: "surprise", gridBits: 0 },
      { kind: "similarity", codes: 2, index: "index" },
      { kind: "denominator", sums: 4 },
      { kind: "credit", sums: 4, surprise: 3, denominator: 5 },
    ],
    tables,
    blocks: [],
    shape: { ...shape, vocabulary: VOCABULARY, maxPositions: 2 },
    logits: 1,
    codes: 2,
    surprise: 3,
  };
}

describe("bounds of attribution", () => {
  test.each<[string, number[][]]>([
    ["one record of 256 positions", [new Array<number>(256).fill(127)]],
    ["one record that fully resembles, others that have nothing", [[127, 127, 127], [], []]],
    ["many records, alike", Array.from({ length: 300 }, () => [127, 126, 1, 0])],
  ])("are attained by %s", (name, records) => {
    const made = program(records);
    const report = proveBounds(made);
    const rows = new ReferenceRows(made, [0, 1]);

    expect(escapesOf(made, report, [0, 1])).toEqual([]);
    expect(rows.row(2, 0)).toEqual(CODE);
    const most = (op: number) => [...report.ops[op]!.most];
    expect([...rows.row(3, 0)]).toEqual(most(3));
    expect([...rows.row(4, 0)]).toEqual(most(4));
    expect(rows.row(5, 0)[0]).toBe(most(5)[0]);
    if (name !== "many records, alike") expect([...rows.row(6, 0)]).toEqual(most(6));
    // No token is credited more than it weighs.
    expect([...rows.row(6, 0)].reduce((sum, credit) => sum + credit, 0)).toBeLessThanOrEqual(127 * 2 ** 16);
    expect([3, 4, 6].flatMap((op) => [...rows.row(op, 1)])).toEqual(new Array(1 + 2 * records.length).fill(0));
  });
});
