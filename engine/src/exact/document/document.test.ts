import { type JsonValue, loadKeccak, programId } from "@openledger/sdk";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { loadModel } from "../../model/model-folder.js";
import { LLAMA } from "../../serve/testModel.js";
import { compileModel } from "../compile/compileModel.js";
import { ARITHMETICS, type Program, TIERS } from "../program/Program.js";
import { outlineOf } from "../program/TableOutline.js";
import { referenceRun } from "../reference/referenceRun.js";
import { tinyProgram } from "../testing/tinyProgram.js";
import { TINY_SETTINGS } from "../testing/tinySettings.js";
import { commitProgram } from "./commitProgram.js";
import { planeTables } from "./planeTables.js";
import { readProgramDocument } from "./readProgramDocument.js";
import { planeElements, rowBounds } from "./tablePlanes.js";

const keccak = await loadKeccak();
const utf8 = {
  write: (text: string) => new TextEncoder().encode(text),
  read: (bytes: Uint8Array) => new TextDecoder().decode(bytes),
};

type Members = { [name: string]: unknown };

/** Fields that may be below zero. */
const SHIFTS = ["shift", "scaleShift", "vectorShift", "upShift", "squareBits", "rootBits", "sumBits"];

/** A document whose root a test may change. */
function draft(program: Program = tinyProgram()): { readonly root: Members; bytes(): Uint8Array } {
  const root = JSON.parse(utf8.read(commitProgram(keccak, program).document)) as Members;
  return { root, bytes: () => utf8.write(JSON.stringify(root)) };
}

function expectRoundTrip(program: Program): void {
  const committed = commitProgram(keccak, program);
  const read = readProgramDocument(committed.document);

  expect(read.program.ops).toEqual(program.ops);
  expect(read.program.blocks).toEqual(program.blocks);
  expect(program.shape).toMatchObject(read.program.shape);
  const outputs = ({ tier, arithmetic, logits, codes }: Program) => [tier, arithmetic, logits, codes];
  expect(outputs(read.program)).toEqual(outputs(program));
  const outlines = ({ tables }: Program) => new Map([...tables].map(([name, table]) => [name, outlineOf(table)]));
  expect(outlines(read.program)).toEqual(outlines(program));
  expect([read.id, read.planes]).toEqual([committed.id, committed.planes]);
  const opened = {
    ...read.program,
    tables: planeTables(outlines(read.program), (table, plane) => planeElements(program.tables.get(table)!, plane)),
  };
  expect(commitProgram(keccak, opened).document).toEqual(committed.document);
}

describe("the document of a program", () => {
  test("is read as it was written: small programs of all settings", () => {
    fc.assert(
      fc.property(TINY_SETTINGS, fc.integer({ min: 1, max: 3 }), (settings, layers) => {
        expectRoundTrip(tinyProgram({ ...settings, layers }));
      }),
      { numRuns: 40 },
    );
  });

  test.each(TIERS)("is read as it was written: a compiled model, %s", async (tier) => {
    for (const arithmetic of ARITHMETICS) expectRoundTrip(compileModel(await loadModel(LLAMA), { tier, arithmetic }));
  });

  test.each(ARITHMETICS)("gives a program that runs when its numbers are there: %s", (arithmetic) => {
    const program = tinyProgram({ arithmetic, digits: 2, weightDigits: 2, biases: "all" });
    const { program: read } = readProgramDocument(commitProgram(keccak, program).document);
    const outlines = new Map([...read.tables].map(([name, table]) => [name, outlineOf(table)]));
    const tables = planeTables(outlines, (table, plane) => planeElements(program.tables.get(table)!, plane));

    expect(referenceRun({ ...read, tables }, [1, 2, 3])).toEqual(referenceRun(program, [1, 2, 3]));
    expect(() => referenceRun(read, [1])).toThrow(
      expect.objectContaining({ code: "table_not_at_hand", message: expect.stringContaining('table "embedding"') }),
    );
  });

  test("commits to every number, not to the order of tables", () => {
    const program = tinyProgram();
    const { id } = commitProgram(keccak, program);
    expect(commitProgram(keccak, { ...program, tables: new Map([...program.tables].reverse()) }).id).toBe(id);

    for (const [name, table] of tinyProgram().tables) {
      for (const plane of ["high", "low", "scales", "data"] as const) {
        const changed = tinyProgram();
        const found = changed.tables.get(name)!;
        if (!(plane in found)) continue;
        const elements = planeElements(found, plane);
        elements[elements.length - 1]! +=
          table.kind === "integers" ? 1 : 0.5 * (plane === "high" || plane === "low" ? 2 : 1);
        expect(commitProgram(keccak, changed).id, `${name} ${plane}`).not.toBe(id);
      }
    }
  });

  test("has bounds of rows that are the sums of their integers' magnitudes", () => {
    const program = tinyProgram({ weightDigits: 2 });
    const table = program.tables.get("head")!;
    if (table.kind !== "matrix") throw new Error("no matrix");

    const sums = Array.from({ length: table.rows }, (_, n) =>
      Array.from({ length: table.columns }, (_, j) => n * table.columns + j)
        .map((at) => Math.abs(128 * table.high[at]! + table.low![at]!))
        .reduce((sum, magnitude) => sum + magnitude, 0),
    );

    expect([...rowBounds(table)]).toEqual(sums);
    const { planes } = commitProgram(keccak, program);
    expect(planes.get("head.bounds")).toMatchObject({ type: "i32", rows: 1, rowBytes: 44 });
    const wide = {
      ...table,
      rows: 1,
      columns: 140_000,
      high: new Int8Array(140_000).fill(-127),
      low: new Int8Array(140_000).fill(-65),
    };
    expect(() => rowBounds(wide)).toThrow(
      expect.objectContaining({ code: "weights_unusable", message: expect.stringContaining("Row 0") }),
    );
  });

  test.each(ARITHMETICS)("is refused with any member gone, added or of another type: %s", (arithmetic) => {
    const settings = { arithmetic, headNorms: "all", window: 3 } as const;
    const places: (readonly (string | number)[])[] = [];
    const walk = (value: unknown, path: readonly (string | number)[]): void => {
      places.push(path);
      if (Array.isArray(value)) for (const [at, item] of value.entries()) walk(item, [...path, at]);
      else if (typeof value === "object" && value !== null) {
        for (const [name, member] of Object.entries(value)) walk(member, [...path, name]);
      }
    };
    walk(draft(tinyProgram(settings)).root, []);
    const at = (root: unknown, path: readonly (string | number)[]) =>
      path.reduce((value, key) => (value as Members)[key], root);
    // A table that no operation reads may be gone, and so may what an operation can be without.
    const free = ["limit", "bias", "codes", "positions"];
    const optional = (path: readonly (string | number)[]) => free.includes(`${path.at(-1)}`);

    fc.assert(
      fc.property(fc.constantFrom(...places.slice(1)), fc.nat(4), (path, how) => {
        const { root, bytes } = draft(tinyProgram(settings));
        const parent = at(root, path.slice(0, -1)) as Members;
        const key = path.at(-1)!;
        const value = parent[key];
        if (how === 0 && !Array.isArray(parent)) {
          if (optional(path)) return;
          delete parent[key];
        } else if (how === 1 && typeof value === "object" && value !== null && !Array.isArray(value)) {
          (value as Members).unheardOf = 1;
        } else {
          const others = [null, true, -1, 0.5, "no such thing", [], {}, 2 ** 40].filter(
            (other) =>
              !(key === "window" && other === null) &&
              !(path.at(-2) === "window") &&
              !(SHIFTS.includes(`${key}`) && other === -1),
          );
          parent[key] = others[(how * 31 + path.length) % others.length];
        }

        expect(() => readProgramDocument(bytes())).toThrow(expect.objectContaining({ code: "program_malformed" }));
      }),
      { numRuns: 400 },
    );
  });

  test.each<[string, (root: Members) => void, string]>([
    ["an unknown operation", (root) => setOp(root, 2, { kind: "multiply" }), 'operation 2, kind: expected "embed" or'],
    ["an unknown field", (root) => setOp(root, 2, { gain: 1 }), 'operation 2 (quantize): expected no member "gain"'],
    [
      "a value that is not before",
      (root) => setOp(root, 2, { x: 2 }),
      "operation 2 (quantize), x: expected an integer from 0 to 1, found 2",
    ],
    ["a value below zero", (root) => setOp(root, 2, { x: -1 }), "operation 2 (quantize), x: expected an integer"],
    [
      "a value of text",
      (root) => setOp(root, 2, { x: "1" }),
      'operation 2 (quantize), x: expected an integer from 0 to 1, found "1"',
    ],
    [
      "NaN bits",
      (root) => setOp(root, normOf(root), { epsilon: "7fc00000" }),
      ", epsilon: expected the bits of a finite number",
    ],
    [
      "infinite bits",
      (root) => setOp(root, normOf(root), { epsilon: "ff800000" }),
      ", epsilon: expected the bits of a finite number",
    ],
    [
      "upper-case bits",
      (root) => setOp(root, normOf(root), { epsilon: "3F800000" }),
      ", epsilon: expected 8 lower-case hex digits",
    ],
    ["three digits", (root) => setOp(root, linearOf(root), { q: [1, 1, 1] }), ", q: expected one or two digits"],
    [
      "a scale and a numerator",
      (root) => setOp(root, normOf(root), { by: { scale: 1, numerator: "3f800000" } }),
      ", by: expected a scale or a numerator",
    ],
    ["a table that is not there", (root) => setOp(root, linearOf(root), { weights: "none" }), 'Table "none" is absent'],
    [
      "inputs that do not fit",
      (root) => setOp(root, linearOf(root), { weights: "layer.0.down" }),
      "(linear): 8 inputs, not 12",
    ],
    [
      "a root of other letters",
      (root) => set(planesOf(root, "head"), { high: `0x${"AB".repeat(32)}` }),
      "tables, head, planes, high: expected 0x and 64",
    ],
    [
      "a plane too many",
      (root) => set(planesOf(root, "head"), { low: `0x${"ab".repeat(32)}` }),
      'tables, head, planes: expected no member "low"',
    ],
    [
      "a name with a slash",
      (root) => set(root.tables, { "../x": tableOf(root, "head") }),
      "expected a name of 1 to 128 letters",
    ],
    ["another format", (root) => set(root, { format: "openledger.exact/2" }), 'format: expected "openledger.exact/1"'],
    ["logits that are codes", (root) => set(root, { logits: root.codes }), "is no row of logits, i32[11]"],
    [
      "blocks with a gap",
      (root) => set((root.blocks as Members[])[1], { from: 2 }),
      "block 1 (layer): operations 2 to",
    ],
    [
      "a block that reads another's inside",
      (root) => setOp(root, 41, { x: 23 }),
      "block 2 (head): operation 41 reads value 23 of an earlier block",
    ],
    ["a table for fewer tokens", (root) => set(root.shape, { vocabulary: 12 }), "is no row of logits, i32[12]"],
    [
      "a table for fewer positions",
      (root) => set(root.shape, { maxPositions: 65 }),
      "(rotate): its table has 64 rows, not 65",
    ],
    [
      "planes of one name",
      (root) => set(root.tables, { "head.scales": tableOf(root, "sigmoids") }),
      'two tables have a plane "head.scales"',
    ],
    [
      "a plane of 2 GiB",
      (root) => set(tableOf(root, "head"), { rows: 2 ** 16, columns: 2 ** 15 }),
      "tables, head: expected planes of at most 2147483647 bytes",
    ],
  ])("is refused with %s", (_, change, message) => {
    const { root, bytes } = draft();
    change(root);

    expect(() => readProgramDocument(bytes())).toThrow(
      expect.objectContaining({ code: "program_malformed", message: expect.stringContaining(message) }),
    );
  });

  test.each<[string, (root: Members) => void, string]>([
    ["no shift", (root) => delete (root.ops as Members[])[0]!.shift, 'operation 0 (embed): expected a member "shift"'],
    ["a shift of 53", (root) => setOp(root, 0, { shift: 53 }), "shift: expected an integer from -52 to 52, found 53"],
    ["a shift of a half", (root) => setOp(root, 0, { shift: 0.5 }), "shift: expected an integer from -52 to 52"],
    ["127 levels", (root) => setOp(root, 1, { levels: 127 }), "Operation 1 (rowScale): levels are 127, not 1"],
    ["a limit", (root) => setOp(root, 1, { limit: "channels" }), "Operation 1 (rowScale): integers have no limits"],
    [
      "an epsilon of a half",
      (root) => setOp(root, normOf(root), { epsilon: "3f000000" }),
      "(normScale): a constant is 0.5, no integer in [0, 2^52)",
    ],
    ["a grid", (root) => setOp(root, sigmoidOf(root), { gridBits: 6 }), "(sigmoid): its grid has 6 bits, not 0"],
    [
      "an operation of floats alone",
      (root) => {
        const { x } = (root.ops as Members[])[sigmoidOf(root)]!;
        (root.ops as Members[])[sigmoidOf(root)] = { kind: "cubic", x, a: "3f800000", b: "3f800000" };
      },
      "(cubic): integers have no such operation",
    ],
    ["no arithmetic", (root) => delete root.arithmetic, 'expected no member "shift"'],
    ["an arithmetic that goes without saying", (root) => set(root, { arithmetic: "float" }), 'expected "integer"'],
  ])("of integers is refused with %s", (_, change, message) => {
    const { root, bytes } = draft(tinyProgram({ arithmetic: "integer" }));
    change(root);

    expect(() => readProgramDocument(bytes())).toThrow(
      expect.objectContaining({ code: "program_malformed", message: expect.stringContaining(message) }),
    );
  });

  test("is refused in any spelling but one", () => {
    const text = utf8.read(commitProgram(keccak, tinyProgram()).document);
    const root = JSON.parse(text) as JsonValue;
    expect(readProgramDocument(utf8.write(text)).id).toBe(programId(root));
    const twice = text.replace('"tier":"w8a8"', '"tier":"w8a16","tier":"w8a8"');
    for (const other of [`${text} `, JSON.stringify(root, null, 1), text.replace('"logits":', '"logits" :'), twice]) {
      expect(() => readProgramDocument(utf8.write(other))).toThrow("expected canonical JSON, found another spelling");
    }
    expect(() => readProgramDocument(utf8.write(text.slice(1)))).toThrow("expected UTF-8 JSON");
    expect(() => readProgramDocument(Uint8Array.of(0xff))).toThrow("expected UTF-8 JSON");
    expect(() => readProgramDocument(new Uint8Array(16 * 2 ** 20 + 1))).toThrow(
      "16777217 bytes; 16777216 are the limit",
    );
  });
});

function set(members: unknown, changes: Members): void {
  Object.assign(members as Members, changes);
}

function setOp(root: Members, index: number, changes: Members): void {
  set((root.ops as Members[])[index], changes);
}

function tableOf(root: Members, table: string): Members {
  return (root.tables as Members)[table] as Members;
}

function linearOf(root: Members): number {
  return (root.ops as Members[]).findIndex(({ kind }) => kind === "linear");
}

function normOf(root: Members): number {
  return (root.ops as Members[]).findIndex(({ kind }) => kind === "normScale");
}

function sigmoidOf(root: Members): number {
  return (root.ops as Members[]).findIndex(({ kind }) => kind === "sigmoid");
}

function planesOf(root: Members, table: string): Members {
  return tableOf(root, table).planes as Members;
}
