import type { TableName } from "../program/Op.js";
import type { Program, Table } from "../program/Program.js";
import { ELEMENT_BYTES, type ElementType, elementTypeOf, type Row } from "../reference/Row.js";
import { LEAF_BYTES, type Plane } from "./Stage.js";

/** One array of a table as it is committed: rows, each cut in parts of 1,024 bytes. Scales of a matrix are one row. */
export interface TablePlane {
  /** The table's name; `.low` and `.scales` are added for those of a matrix. */
  readonly name: string;
  readonly type: ElementType;
  readonly rows: number;
  readonly rowBytes: number;
  readonly data: Row;
}

export function tablePlane(program: Program, name: TableName, plane: Plane): TablePlane {
  const found = planesOf(name, program.tables.get(name)!)[plane];
  if (found === undefined) throw new Error(`table "${name}" has no ${plane}`);
  return found;
}

/** All that a program's steps read of tables, in the order of `Program.tables`. */
export function tablePlanes(program: Program): TablePlane[] {
  return [...program.tables].flatMap(([name, table]) => Object.values(planesOf(name, table)));
}

function planesOf(name: string, table: Table): { readonly [plane in Plane]?: TablePlane } {
  switch (table.kind) {
    case "matrix":
      return {
        high: planeOf(name, table.rows, table.high),
        ...(table.low === undefined ? {} : { low: planeOf(`${name}.low`, table.rows, table.low) }),
        scales: planeOf(`${name}.scales`, 1, table.scales),
      };
    case "floats":
      return { data: planeOf(name, table.rows, table.data) };
    case "integers":
      return { data: planeOf(name, 1, table.data) };
  }
}

function planeOf(name: string, rows: number, data: Row): TablePlane {
  const type = elementTypeOf(data);
  return { name, type, rows, rowBytes: (data.length / rows) * ELEMENT_BYTES[type], data };
}

/** Parts of a plane's row that hold elements `from` to `to`. */
export function planeParts({ type }: TablePlane, from: number, to: number): number[] {
  const per = LEAF_BYTES / ELEMENT_BYTES[type];
  const first = Math.floor(from / per);
  return Array.from({ length: Math.floor((to - 1) / per) - first + 1 }, (_, i) => first + i);
}
