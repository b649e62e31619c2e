import { tableId } from "@openledger/sdk";
import type { Hex } from "../../attribute/hex.js";
import type { Program } from "../program/Program.js";
import { outlineOf } from "../program/TableOutline.js";
import { type PlaneShape, planesOf } from "./tablePlanes.js";

/** A program with all that commits to it. */
export interface CommittedProgram {
  /** Its tables hold numbers where it was compiled or opened from files; of a document alone they have shapes. */
  readonly program: Program;
  /** Canonical JSON: see `programDocument`. */
  readonly document: Uint8Array;
  /** sdk's `programId` of the document: the first thing in every leaf of the program's traces. */
  readonly id: Hex;
  /** Every plane of every table by its name. */
  readonly planes: ReadonlyMap<string, CommittedPlane>;
}

export interface CommittedPlane extends PlaneShape {
  /** sdk's `tableId` of the plane's name. */
  readonly id: Hex;
  /** sdk's `rowsRoot` of its rows under that id. */
  readonly root: Hex;
}

/** Every plane of a program's tables with its root. */
export function planesByName(
  { tables }: Program,
  rootOf: (plane: PlaneShape) => Hex,
): ReadonlyMap<string, CommittedPlane> {
  const planes = [...tables].flatMap(([table, content]) => planesOf(table, outlineOf(content)));
  return new Map(planes.map((shape) => [shape.name, { ...shape, id: tableId(shape.name), root: rootOf(shape) }]));
}
