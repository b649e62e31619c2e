import type { Keccak } from "@openledger/sdk";
import { ExactError } from "../errors.js";
import type { TableName } from "../program/Op.js";
import { outlineOf, type TableOutline } from "../program/TableOutline.js";
import { elementBytes } from "../reference/elementBytes.js";
import type { CommittedProgram } from "./CommittedProgram.js";
import { planeRoot } from "./commitProgram.js";
import { type PlaneReader, planeTables } from "./planeTables.js";
import { rowBounds } from "./tablePlanes.js";

/**
 * Holds a program's numbers against its document: each plane has its root, and no row's magnitudes sum to more than its
 * bound. One plane (two where a matrix has two digits) is in memory at a time.
 *
 * @param read Gives planes as they were delivered.
 * @throws ExactError `table_altered` naming plane, expected and found root; `bound_exceeded` naming table and row.
 */
export function verifyTables(keccak: Keccak, { program, planes }: CommittedProgram, read: PlaneReader): void {
  for (const plane of planes.values()) {
    const found = planeRoot(keccak, plane, elementBytes(read(plane.table, plane.plane)));
    if (found === plane.root) continue;
    throw new ExactError("table_altered", `Plane "${plane.name}": expected root ${plane.root}, found ${found}.`);
  }
  for (const [name, table] of program.tables) verifyBounds(name, outlineOf(table), read);
}

function verifyBounds(name: TableName, outline: TableOutline, read: PlaneReader): void {
  if (outline.kind !== "matrix") return;
  const table = planeTables(new Map([[name, outline]]), read).get(name)!;
  const sums = rowBounds(table as typeof table & { readonly kind: "matrix" });
  const bounds = read(name, "bounds");
  const row = sums.findIndex((sum, n) => sum > bounds[n]!);
  if (row === -1) return;
  throw new ExactError(
    "bound_exceeded",
    `Row ${row} of table "${name}": magnitudes sum to ${sums[row]}, above its bound of ${bounds[row]}.`,
  );
}
