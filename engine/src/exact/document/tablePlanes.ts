/**
 * The planes of a table: its arrays as they are committed and stored, each under a root of its own.
 *
 * | table | plane | name | rows |
 * |---|---|---|---|
 * | matrix | high | the table's | `rows` of `columns` i8: the digits of an output side by side (K-contiguous) |
 * | | low (two digits) | `.low` added | as high |
 * | | scales | `.scales` added | one row of `rows` f32 |
 * | | bounds | `.bounds` added | one row of `rows` u32, each `rowBound` of the row's digits, below 2^31 |
 * | floats | data | the table's | `rows` of `columns` f32 |
 * | integers | data | the table's | one row of `length` i32 |
 * | index | entries | `.entries` added | `records` of `positions` i32 |
 * | | codes | `.codes` added | `records` of `positions` · 16 u8 |
 * | | thresholds | `.thresholds` added | one row of `vocabulary` u8 |
 *
 * Elements are little endian. A root is that of sdk's `rowsRoot` under the id of the plane's name: rows cut in parts of 1,024
 * bytes. Bounds are what proofs of accumulators rest on: whoever opens a row refuses it where its digits' magnitudes sum to
 * more than its bound says.
 */
import { ROW_PART_BYTES, rowBound } from "@openledger/sdk";
import { ExactError } from "../errors.js";
import { CODE_BYTES } from "../program/AttributionOp.js";
import type { TableName } from "../program/Op.js";
import type { Table } from "../program/Program.js";
import type { TableOutline } from "../program/TableOutline.js";
import { ELEMENT_BYTES, type ElementType, type Row } from "../reference/Row.js";

/** Arrays of a table that are committed apart. */
export type Plane = "high" | "low" | "scales" | "bounds" | "data" | "entries" | "codes" | "thresholds";

/** What a plane looks like. */
export interface PlaneShape {
  /** Unlike those of all other planes of a program. */
  readonly name: string;
  readonly table: TableName;
  readonly plane: Plane;
  /** Bounds are u32 below 2^31: i32 reads the same. */
  readonly type: ElementType;
  readonly rows: number;
  readonly rowBytes: number;
}

/** Planes of a table in the order of the list above. */
export function planesOf(table: TableName, outline: TableOutline): PlaneShape[] {
  const shape = (plane: Plane, type: ElementType, rows: number, length: number): PlaneShape => {
    const suffix = plane === "high" || plane === "data" ? "" : `.${plane}`;
    return { name: `${table}${suffix}`, table, plane, type, rows, rowBytes: length * ELEMENT_BYTES[type] };
  };
  switch (outline.kind) {
    case "matrix": {
      const { rows, columns, digits } = outline;
      return [
        shape("high", "i8", rows, columns),
        ...(digits === 1 ? [] : [shape("low", "i8", rows, columns)]),
        shape("scales", "f32", 1, rows),
        shape("bounds", "i32", 1, rows),
      ];
    }
    case "floats":
      return [shape("data", "f32", outline.rows, outline.columns)];
    case "integers":
      return [shape("data", "i32", 1, outline.length)];
    case "index": {
      const { records, positions, vocabulary } = outline;
      return [
        shape("entries", "i32", records, positions),
        shape("codes", "u8", records, positions * CODE_BYTES),
        shape("thresholds", "u8", 1, vocabulary),
      ];
    }
  }
}

export function planeOf(table: TableName, outline: TableOutline, plane: Plane): PlaneShape {
  const found = planesOf(table, outline).find((shape) => shape.plane === plane);
  if (found === undefined) throw new Error(`table "${table}" has no ${plane}`);
  return found;
}

/** Elements of a plane, all rows one after another. */
export function planeElements(table: Table, plane: Plane): Row {
  if (table.kind === "index") return table[plane as "entries" | "codes" | "thresholds"];
  if (table.kind !== "matrix") return table.data;
  switch (plane) {
    case "low":
      return table.low!;
    case "scales":
      return table.scales;
    case "bounds":
      return rowBounds(table);
    default:
      return table.high;
  }
}

const known = new WeakMap<Table, Int32Array>();

/**
 * `rowBound` of each row of a matrix, i32 `[rows]`.
 * @throws ExactError `weights_unusable` naming a row whose magnitudes sum to 2^31 or more.
 */
export function rowBounds(table: Table & { readonly kind: "matrix" }): Int32Array {
  let bounds = known.get(table);
  if (bounds === undefined) {
    const { high, low, columns } = table;
    bounds = new Int32Array(table.rows);
    for (let row = 0; row < bounds.length; row++) {
      const [from, to] = [row * columns, (row + 1) * columns];
      bounds[row] = boundOf(row, high.subarray(from, to), low?.subarray(from, to));
    }
    known.set(table, bounds);
  }
  return bounds;
}

function boundOf(row: number, high: Int8Array, low: Int8Array | undefined): number {
  try {
    return rowBound(high, low);
  } catch (cause) {
    throw new ExactError("weights_unusable", `Row ${row} of a matrix has no bound; give it fewer columns.`, { cause });
  }
}

/** Parts of a plane's row that hold elements `from` to `to`. */
export function planeParts({ type }: PlaneShape, from: number, to: number): number[] {
  const per = ROW_PART_BYTES / ELEMENT_BYTES[type];
  const first = Math.floor(from / per);
  return Array.from({ length: Math.floor((to - 1) / per) - first + 1 }, (_, i) => first + i);
}
