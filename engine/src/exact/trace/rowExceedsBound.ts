import { ROW_PART_BYTES, rowMagnitude } from "@openledger/sdk";
import type { CommittedProgram } from "../document/CommittedProgram.js";
import { type Plane, type PlaneShape, planeOf, planeParts } from "../document/tablePlanes.js";
import { ExactError } from "../errors.js";
import type { TableName } from "../program/Op.js";
import { outlineOf } from "../program/TableOutline.js";
import { decodeElements } from "../reference/elementBytes.js";
import { ELEMENT_BYTES, newRow, type Row } from "../reference/Row.js";
import type { OpenedPart } from "./ElementEvidence.js";
import { takePart } from "./takePart.js";

/**
 * Whether a row of a matrix breaks the bound that its program commits to: what convicts a program, as a false element convicts
 * a trace.
 *
 * @param parts All parts of the row in each plane of digits, and the part of the plane of bounds that holds its bound.
 * @throws ExactError `evidence_unusable` where a part is missing or not under its plane's root; `rows_out_of_range` where the
 * program has no such row of a matrix.
 */
export function rowExceedsBound(
  { program, planes }: Pick<CommittedProgram, "program" | "planes">,
  table: TableName,
  row: number,
  parts: readonly OpenedPart[],
): boolean {
  const content = program.tables.get(table);
  const outline = content === undefined ? undefined : outlineOf(content);
  if (outline?.kind !== "matrix" || !Number.isInteger(row) || row < 0 || row >= outline.rows) {
    throw new ExactError("rows_out_of_range", `The program has no row ${row} of a matrix "${table}".`);
  }
  const read = (plane: Plane, at: number, range: { readonly from: number; readonly to: number }): Row => {
    const shape = planeOf(table, outline, plane);
    const elements = newRow(shape.type, range.to - range.from);
    for (const part of planeParts(shape, range.from, range.to)) {
      const { bytes } = takePart(planes, parts, { plane: shape.name, row: at, part });
      copy(shape, part, bytes, range.from, elements);
    }
    return elements;
  };
  const columns = { from: 0, to: outline.columns };
  const high = read("high", row, columns) as Int8Array;
  const low = outline.digits === 1 ? undefined : (read("low", row, columns) as Int8Array);
  const [bound] = read("bounds", 0, { from: row, to: row + 1 });
  return rowMagnitude(high, low) > bound!;
}

/** Copies those of a part's elements that a run from `from` on holds. */
function copy({ type }: PlaneShape, part: number, bytes: Uint8Array, from: number, to: Row): void {
  const elements = decodeElements(type, bytes.length / ELEMENT_BYTES[type], bytes);
  const start = (part * ROW_PART_BYTES) / ELEMENT_BYTES[type];
  const first = Math.max(from, start);
  const taken = elements.subarray(first - start, Math.min(from + to.length, start + elements.length) - start);
  to.set(taken, first - from);
}
