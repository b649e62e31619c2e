import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contentHash, loadKeccak } from "@openledger/sdk";
import { afterAll, describe, expect, test } from "vitest";
import { commitProgram, planeRoot } from "../document/commitProgram.js";
import { verifyTables } from "../document/verifyTables.js";
import type { Program } from "../program/Program.js";
import { rowReaderOf } from "../program/RowReader.js";
import { elementBytes } from "../reference/elementBytes.js";
import { referenceRun } from "../reference/referenceRun.js";
import { tinyProgram } from "../testing/tinyProgram.js";
import { openProgram } from "./openProgram.js";
import { writeProgram } from "./writeProgram.js";

const keccak = await loadKeccak();
const root = mkdtempSync(join(tmpdir(), "program-files-"));
let folders = 0;
const newFolder = (): string => join(root, `${folders++}`);
afterAll(() => rmSync(root, { recursive: true }));

const PROGRAM = tinyProgram({ weightDigits: 2, biases: "all", vocabulary: 11 });
const COMMITTED = commitProgram(keccak, PROGRAM);

async function written(program: Program = PROGRAM): Promise<string> {
  const folder = newFolder();
  await writeProgram(commitProgram(keccak, program), folder);
  return folder;
}

interface Index {
  readonly planes: { [name: string]: { hash: string; bytes: number; root: string } };
}

function indexOf(folder: string): Index {
  return JSON.parse(readFileSync(join(folder, "index.json"), "utf8")) as Index;
}

function fileOf(folder: string, plane: string): string {
  return join(folder, indexOf(folder).planes[plane]!.hash.slice(2));
}

function changeIndex(folder: string, change: (index: Index) => void): void {
  const index = indexOf(folder);
  change(index);
  writeFileSync(join(folder, "index.json"), JSON.stringify(index));
}

function failure(code: string, ...parts: string[]) {
  const message = expect.stringMatching(
    new RegExp(parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("[^]*")),
  );
  return expect.objectContaining({ code, retryable: false, message });
}

describe("a program in files", () => {
  test("opens as what was written", async () => {
    const folder = await written();
    const opened = openProgram(folder);

    expect([opened.id, opened.document, opened.planes]).toEqual([COMMITTED.id, COMMITTED.document, COMMITTED.planes]);
    expect(commitProgram(keccak, opened.program).id).toBe(COMMITTED.id);
    expect(referenceRun(opened.program, [3, 0, 10])).toEqual(referenceRun(PROGRAM, [3, 0, 10]));
    verifyTables(keccak, opened, opened.readPlane);
  });

  test("names each file by its content hash and is an exact copy of the plane, little endian", async () => {
    const folder = await written();
    const { planes } = indexOf(folder);
    for (const { hash, bytes } of Object.values(planes)) {
      const content = readFileSync(join(folder, hash.slice(2)));
      expect([contentHash(content), content.length]).toEqual([hash, bytes]);
    }
    const scales = readFileSync(fileOf(folder, "head.scales"));
    const head = PROGRAM.tables.get("head")!;
    expect(scales.readFloatLE(4 * 10)).toBe(head.kind === "matrix" ? head.scales[10] : 0);
    expect(readFileSync(fileOf(folder, "head.bounds")).length).toBe(44);
    expect(new Set(readdirSync(folder))).toEqual(
      new Set(["index.json", "program.json", ...Object.values(planes).map(({ hash }) => hash.slice(2))]),
    );
  });

  test("gives rows of its tables without the rest", async () => {
    const folder = await written();
    const opened = openProgram(folder);
    const memory = rowReaderOf(PROGRAM);
    for (const [table, from, to] of [
      ["embedding", 0, 1],
      ["embedding", 10, 11],
      ["head", 2, 9],
      ["rotary", 63, 64],
    ] as const) {
      const rows = opened.readRows(table, from, to);
      expect(rows).toEqual(memory.readRows(table, from, to));
      expect(rows).toMatchObject({ rows: to - from });
    }
    for (const { table, digit, from, to } of [
      { table: "embedding", digit: "low", from: 3, to: 7 },
      { table: "head", digit: "high", from: 0, to: 11 },
    ] as const) {
      const whole = COMMITTED.program.tables.get(table)!;
      const { columns } = whole as { readonly columns: number };
      for (const reader of [opened, memory]) {
        const digits = new Int8Array((to - from) * columns);
        reader.readDigits({ table, digit, from, to }, digits);
        expect(digits).toEqual(
          (whole as { low: Int8Array; high: Int8Array })[digit].slice(from * columns, to * columns),
        );
      }
    }
    for (const reader of [opened, memory]) {
      for (const range of [
        { table: "embedding", digit: "high", from: 0, to: 12 },
        { table: "rotary", digit: "high", from: 0, to: 1 },
        { table: "no such", digit: "low", from: 0, to: 1 },
      ] as const) {
        expect(() => reader.readDigits(range, new Int8Array(96))).toThrow(failure("rows_out_of_range"));
      }
      for (const [from, to] of [
        [-1, 1],
        [0, 12],
        [3, 3],
        [0.5, 1],
        [0, Number.NaN],
      ] as const) {
        expect(() => reader.readRows("embedding", from, to)).toThrow(
          failure("rows_out_of_range", 'table "embedding"', "has 11"),
        );
      }
      expect(() => reader.readRows("exponents", 0, 1)).toThrow(failure("rows_out_of_range", "none"));
      expect(() => reader.readRows("no such", 0, 1)).toThrow(failure("rows_out_of_range", "none"));
    }
  });

  test("is not read before it is looked at", async () => {
    const folder = await written();
    rmSync(fileOf(folder, "head"));
    const opened = openProgram(folder);
    const head = opened.program.tables.get("head")!;

    expect(opened.readRows("embedding", 1, 2)).toMatchObject({ rows: 1 });
    expect(() => (head.kind === "matrix" ? head.high : 0)).toThrow(
      failure("file_missing", folder, "write the program again"),
    );
  });

  test.each<[string, (file: string) => void]>([
    [
      "altered",
      (file) =>
        writeFileSync(
          file,
          readFileSync(file).map((byte, at) => (at === 3 ? byte ^ 1 : byte)),
        ),
    ],
    ["truncated", (file) => writeFileSync(file, readFileSync(file).subarray(1))],
    ["over-long", (file) => writeFileSync(file, Buffer.concat([readFileSync(file), Buffer.of(0)]))],
    ["empty", (file) => writeFileSync(file, "")],
    ["swapped", (file) => copyFileSync(join(file, "..", "program.json"), file)],
  ])("names a file that is %s, with the hash that is expected and the one found", async (_, change) => {
    for (const plane of ["embedding", "embedding.low", "head.scales", "exponents"]) {
      const folder = await written();
      const file = fileOf(folder, plane);
      change(file);
      const found = contentHash(readFileSync(file));
      const expected = indexOf(folder).planes[plane]!.hash;

      const fails = failure("file_altered", file, expected, found);
      const opened = openProgram(folder);
      const { table, plane: part } = opened.planes.get(plane)!;
      expect(() => opened.readPlane(table, part)).toThrow(fails);
      if (table !== "exponents") expect(() => opened.readRows(table, 0, 1)).toThrow(fails);
      expect(() => referenceRun(opened.program, [1])).toThrow(fails);

      await writeProgram(COMMITTED, folder);
      verifyTables(keccak, openProgram(folder), openProgram(folder).readPlane);
    }
  });

  test("sees a file that changes after its first row was read", async () => {
    const folder = await written();
    const opened = openProgram(folder);
    const file = fileOf(folder, "embedding");
    const before = opened.readRows("embedding", 4, 5);
    const bytes = readFileSync(file);
    const { mtime } = statSync(file);
    bytes[0]! ^= 1;
    writeFileSync(file, bytes);
    // The time of change stays whatever the time of modification is set to.
    utimesSync(file, mtime, mtime);
    expect(() => opened.readRows("embedding", 4, 5)).toThrow(failure("file_altered", file));

    bytes[0]! ^= 1;
    writeFileSync(file, bytes);
    expect(opened.readRows("embedding", 4, 5)).toEqual(before);
  });

  test("refuses a folder or a device where a file should be, and no folder at all", async () => {
    const folder = await written();
    const file = fileOf(folder, "head");
    rmSync(file);
    symlinkSync("/dev/zero", file);
    expect(() => openProgram(folder).readPlane("head", "high")).toThrow(failure("file_missing", file, "is no file"));
    rmSync(file);
    mkdirSync(file);
    expect(() => openProgram(folder).readPlane("head", "high")).toThrow(failure("file_missing", file));
    expect(() => openProgram(newFolder())).toThrow(failure("file_missing", "index.json"));
  });

  test.each<[string, (index: Index) => void, string]>([
    [
      "an escape for a hash",
      ({ planes }) => Object.assign(planes.head!, { hash: "../../../../etc/passwd" }),
      "planes, head, hash: expected 0x and 64",
    ],
    [
      "a hash with a slash",
      ({ planes }) => Object.assign(planes.head!, { hash: `0x../${"a".repeat(61)}` }),
      "planes, head, hash: expected 0x and 64",
    ],
    [
      "a path beside the hash",
      ({ planes }) => Object.assign(planes.head!, { file: "/etc/passwd" }),
      'planes, head: expected no member "file"',
    ],
    [
      "a plane that is not the program's",
      ({ planes }) => Object.assign(planes, { other: planes.head }),
      'the document has no plane "other"',
    ],
    ["a plane less", ({ planes }) => delete planes["head.low"], 'it has no plane "head.low"'],
    ["another size", ({ planes }) => Object.assign(planes.head!, { bytes: 89 }), 'plane "head" has 89 bytes, not 88'],
    [
      "another root",
      ({ planes }) => Object.assign(planes.head!, { root: planes["head.low"]!.root }),
      'plane "head" has root',
    ],
    [
      "another program",
      (index) => Object.assign(index, { program: `0x${"ab".repeat(32)}` }),
      "it is of program 0xabab",
    ],
    ["another format", (index) => Object.assign(index, { format: "x" }), 'format: expected "openledger.exact.files/1"'],
  ])("refuses an index with %s", async (_, change, message) => {
    const folder = await written();
    changeIndex(folder, change);

    expect(() => openProgram(folder)).toThrow(failure("program_malformed", message));
  });

  test("refuses a document that is not the index's", async () => {
    const folder = await written();
    writeFileSync(join(folder, "program.json"), commitProgram(keccak, tinyProgram()).document);
    expect(() => openProgram(folder)).toThrow(failure("file_altered", "program.json"));
    writeFileSync(join(folder, "index.json"), "{");
    expect(() => openProgram(folder)).toThrow(failure("program_malformed", "Program index: expected UTF-8 JSON"));
  });

  test("is none until its last file is there, whichever could not be written, and whole after another try", async () => {
    const names = readdirSync(await written());
    expect(names.length).toBeGreaterThan(20);
    for (const name of names) {
      const folder = newFolder();
      // Something in the way that no file takes the place of.
      mkdirSync(join(folder, name, "in the way"), { recursive: true });
      await expect(writeProgram(COMMITTED, folder)).rejects.toThrow();

      expect(() => openProgram(folder)).toThrow(failure("file_missing", "index.json"));
      expect(readdirSync(folder).filter((found) => found.endsWith(".incoming"))).toEqual([]);
      rmSync(join(folder, name), { recursive: true });
      await writeProgram(COMMITTED, folder);
      const opened = openProgram(folder);
      verifyTables(keccak, opened, opened.readPlane);
    }
  });

  test("drops what a killed writer left half-written, and keeps what it finished", async () => {
    const whole = await written();
    const folder = newFolder();
    mkdirSync(folder);
    const [first, second] = Object.values(indexOf(whole).planes).map(({ hash }) => hash.slice(2));
    copyFileSync(join(whole, first!), join(folder, first!));
    writeFileSync(join(folder, "2f9c.incoming"), readFileSync(join(whole, second!)).subarray(0, 5));
    const { mtimeNs } = statSync(join(folder, first!), { bigint: true });

    await writeProgram(COMMITTED, folder);

    expect(readdirSync(folder).sort()).toEqual(readdirSync(whole).sort());
    expect(statSync(join(folder, first!), { bigint: true }).mtimeNs).toBe(mtimeNs);
  });

  test("replaces no other program", async () => {
    const folder = await written();
    const other = commitProgram(keccak, tinyProgram());
    await expect(writeProgram(other, folder)).rejects.toThrow(failure("folder_taken", folder, COMMITTED.id, other.id));
    writeFileSync(join(folder, "index.json"), "[]");
    await expect(writeProgram(other, folder)).rejects.toThrow(failure("folder_taken", "the index of something else"));
  });

  test("is held against its roots and bounds where the index is a stranger's", async () => {
    const honest = await written();
    const forged = { ...COMMITTED, program: tinyProgram({ weightDigits: 2, biases: "all", seed: 2 }) };
    const folder = newFolder();
    await writeProgram(forged, folder);
    const opened = openProgram(folder);
    expect(() => verifyTables(keccak, opened, opened.readPlane)).toThrow(
      failure("table_altered", COMMITTED.planes.get("channels")!.root),
    );

    const files = openProgram(honest);
    const low = (table: string, plane: Parameters<typeof files.readPlane>[1]) => {
      const row = files.readPlane(table, plane);
      return table === "head" && plane === "bounds" ? row.map((bound, n) => (n === 4 ? bound - 1 : bound)) : row;
    };
    const bounds = files.planes.get("head.bounds")!;
    const root = planeRoot(keccak, bounds, elementBytes(low("head", "bounds")));
    const planes = new Map([...files.planes, ["head.bounds", { ...bounds, root }] as const]);
    expect(() => verifyTables(keccak, { ...files, planes }, low)).toThrow(
      failure("bound_exceeded", 'Row 4 of table "head"'),
    );
  });
});
