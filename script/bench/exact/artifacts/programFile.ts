/**
 * A program as one file, so that a process which only runs it never holds the float weights: a JSON header with what is
 * small and the descriptions of tables, then the tables' bytes, little endian.
 */
import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { BenchError } from "../BenchError.js";
import type { Program, Table } from "../engineParts.js";

interface Header extends Omit<Program, "tables" | "codes"> {
  readonly codes: number | null;
  readonly tables: readonly TableHeader[];
}

interface TableHeader {
  readonly name: string;
  readonly kind: Table["kind"];
  readonly rows: number;
  readonly columns: number;
  readonly digits: 1 | 2;
}

export function writeProgramFile(file: string, program: Program): void {
  const { tables, codes, ...rest } = program;
  const header: Header = {
    ...rest,
    codes: codes ?? null,
    tables: [...tables].map(([name, table]) => describe(name, table)),
  };
  const text = Buffer.from(JSON.stringify(header));
  const out = openSync(file, "w");
  try {
    writeAll(out, Uint32Array.of(text.length));
    writeAll(out, text);
    for (const table of tables.values()) for (const part of partsOf(table)) writeAll(out, part);
  } finally {
    closeSync(out);
  }
}

/** @throws BenchError `artifact_malformed` where the file ends too early */
export function readProgramFile(file: string): Program {
  const input = openSync(file, "r");
  try {
    const length = readExactly(input, new Uint32Array(1), file)[0]!;
    const text = new TextDecoder().decode(readExactly(input, new Uint8Array(length), file));
    const { tables, codes, ...rest } = JSON.parse(text) as Header;
    const read = new Map(tables.map((header) => [header.name, readTable(input, header, file)]));
    return { ...rest, codes: codes ?? undefined, tables: read };
  } finally {
    closeSync(input);
  }
}

function describe(name: string, table: Table): TableHeader {
  switch (table.kind) {
    case "matrix": {
      const digits = table.low === undefined ? 1 : 2;
      return { name, kind: table.kind, rows: table.rows, columns: table.columns, digits };
    }
    case "floats":
      return { name, kind: table.kind, rows: table.rows, columns: table.columns, digits: 1 };
    case "integers":
      return { name, kind: table.kind, rows: 1, columns: table.data.length, digits: 1 };
  }
}

type Part = Int8Array | Float32Array | Int32Array;

function partsOf(table: Table): Part[] {
  if (table.kind !== "matrix") return [table.data];
  return table.low === undefined ? [table.high, table.scales] : [table.high, table.low, table.scales];
}

function readTable(input: number, { kind, rows, columns, digits }: TableHeader, file: string): Table {
  const size = rows * columns;
  switch (kind) {
    case "matrix": {
      const high = readExactly(input, new Int8Array(size), file);
      const low = digits === 2 ? { low: readExactly(input, new Int8Array(size), file) } : {};
      return { kind, rows, columns, high, ...low, scales: readExactly(input, new Float32Array(rows), file) };
    }
    case "floats":
      return { kind, rows, columns, data: readExactly(input, new Float32Array(size), file) };
    case "integers":
      return { kind, data: readExactly(input, new Int32Array(size), file) };
  }
}

function writeAll(out: number, part: Part | Uint8Array | Uint32Array): void {
  const bytes = new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
  for (let at = 0; at < bytes.length; ) at += writeSync(out, bytes, at);
}

function readExactly<T extends Part | Uint8Array | Uint32Array>(input: number, into: T, file: string): T {
  const bytes = new Uint8Array(into.buffer, into.byteOffset, into.byteLength);
  for (let at = 0; at < bytes.length; ) {
    const count = readSync(input, bytes, at, bytes.length - at, null);
    if (count === 0) {
      throw new BenchError("artifact_malformed", `${file} ends early; delete the folder and run the bench again`, true);
    }
    at += count;
  }
  return into;
}
