import { ExactError } from "../errors.js";
import type { TableName } from "../program/Op.js";
import type { Table } from "../program/Program.js";
import { rememberOutline, type TableOutline } from "../program/TableOutline.js";
import type { Row } from "../reference/Row.js";
import type { Plane } from "./tablePlanes.js";

/** Gives a plane's elements whenever they are asked for; whether they are kept is its own affair. */
export type PlaneReader = (table: TableName, plane: Plane) => Row;

/** Tables that know their shapes, and read their numbers when somebody looks at them. */
export function planeTables(
  outlines: ReadonlyMap<TableName, TableOutline>,
  read: PlaneReader,
): ReadonlyMap<TableName, Table> {
  return new Map([...outlines].map(([name, outline]) => [name, planeTable(name, outline, read)]));
}

/** Tables of which only the shapes are known. */
export function shapeTables(outlines: ReadonlyMap<TableName, TableOutline>): ReadonlyMap<TableName, Table> {
  return planeTables(outlines, (table, plane) => {
    throw new ExactError(
      "table_not_at_hand",
      `The ${plane} of table "${table}" is asked for; its shape alone is known.`,
    );
  });
}

function planeTable(name: TableName, outline: TableOutline, read: PlaneReader): Table {
  const table = lazyTable(name, outline, read);
  rememberOutline(table, outline);
  return table;
}

function lazyTable(name: TableName, outline: TableOutline, read: PlaneReader): Table {
  const floats = (plane: Plane) => read(name, plane) as Float32Array;
  const digits = (plane: Plane) => read(name, plane) as Int8Array;
  switch (outline.kind) {
    case "matrix": {
      const matrix = {
        kind: "matrix" as const,
        rows: outline.rows,
        columns: outline.columns,
        get high() {
          return digits("high");
        },
        get scales() {
          return floats("scales");
        },
      };
      if (outline.digits === 1) return matrix;
      return Object.defineProperty(matrix, "low", { enumerable: true, get: () => digits("low") });
    }
    case "floats":
      return {
        kind: "floats",
        rows: outline.rows,
        columns: outline.columns,
        get data() {
          return floats("data");
        },
      };
    case "integers":
      return {
        kind: "integers",
        get data() {
          return read(name, "data") as Int32Array;
        },
      };
    case "index":
      return {
        kind: "index",
        records: outline.records,
        positions: outline.positions,
        get entries() {
          return read(name, "entries") as Int32Array;
        },
        get codes() {
          return read(name, "codes") as Uint8Array;
        },
        get thresholds() {
          return read(name, "thresholds") as Uint8Array;
        },
      };
  }
}
