import { canonicalJsonBytes, type Keccak, programId, rowsRoot, tableId } from "@openledger/sdk";
import type { Hex } from "../../attribute/hex.js";
import type { Program } from "../program/Program.js";
import { outlineOf } from "../program/TableOutline.js";
import { elementBytes } from "../reference/elementBytes.js";
import { type CommittedProgram, planesByName } from "./CommittedProgram.js";
import { checkProgram } from "./checkProgram.js";
import { programDocument } from "./programDocument.js";
import { type PlaneShape, planeElements, planesOf } from "./tablePlanes.js";

/**
 * Hashes a program: roots of all planes of its tables, and its document's id over them. Takes as long as hashing its weights.
 *
 * @param known a committed program: tables that both share are not hashed again.
 * @throws ExactError `program_malformed` when its parts do not fit each other.
 */
export function commitProgram(keccak: Keccak, program: Program, known?: CommittedProgram): CommittedProgram {
  checkProgram(program);
  const roots = new Map<string, Hex>();
  for (const [name, table] of program.tables) {
    const shared = known?.program.tables.get(name) === table;
    for (const shape of planesOf(name, outlineOf(table))) {
      const root = shared ? known.planes.get(shape.name)?.root : undefined;
      roots.set(shape.name, root ?? planeRoot(keccak, shape, elementBytes(planeElements(table, shape.plane))));
    }
  }
  const document = programDocument(program, roots);
  return {
    program,
    document: canonicalJsonBytes(document),
    id: programId(document),
    planes: planesByName(program, ({ name }) => roots.get(name)!),
  };
}

/** Root of a plane's rows. @throws InvalidValueError when the bytes are more or fewer. */
export function planeRoot(keccak: Keccak, { name, rows, rowBytes }: PlaneShape, bytes: Uint8Array): Hex {
  return rowsRoot(keccak, { table: tableId(name), rows, rowBytes }, bytes);
}
