import { type Hex, keccak256 } from "viem";
import { joinBytes, packHex } from "../bytes/pack.js";
import { InvalidValueError } from "../errors/InvalidValueError.js";
import type { Keccak, RowBounds } from "./Keccak.js";
import { TRACE_TAG_BYTES, writePlace } from "./traceTag.js";

/** Most bytes of one leaf of a trace: 1,024 elements of 4 bytes. */
export const TRACE_LEAF_BYTES = 4096;

const LEAF = 0x00;

/** Where a leaf's bytes come from: a part of the row that op `op` gives at `position`. Each below 2^32. */
export interface TracePlace {
  readonly op: number;
  readonly position: number;
  readonly part: number;
}

/** Leaf of a trace: `keccak256(0x00 ‖ programId ‖ uint32 op ‖ uint32 position ‖ uint32 part ‖ bytes)`. @throws InvalidValueError */
export function traceLeaf(programId: Hex, place: TracePlace, bytes: Uint8Array): Uint8Array {
  return keccak256(joinBytes([tagsOf(programId, [place], [bytes.length]), bytes]), "bytes");
}

/**
 * Leaves of many rows at once, `[rows, 32]`.
 * @param places One for each row. @param bytes The rows, one after another.
 * @throws InvalidValueError
 */
export function traceLeaves(
  keccak: Keccak,
  programId: Hex,
  places: readonly TracePlace[],
  rows: { readonly bytes: Uint8Array; readonly bounds: RowBounds },
): Uint8Array {
  const { bounds, bytes } = rows;
  const lengths = places.map((_, i) => (typeof bounds === "number" ? bounds : (bounds[i + 1] ?? 0) - (bounds[i] ?? 0)));
  if (typeof bounds === "number" ? bytes.length !== bounds * places.length : bounds.length !== places.length + 1) {
    throw new InvalidValueError("places", "one for each row", places);
  }
  return keccak.taggedRows(tagsOf(programId, places, lengths), bytes, bounds);
}

function tagsOf(programId: Hex, places: readonly TracePlace[], lengths: readonly number[]): Uint8Array {
  const program = packHex("programId", programId, 32);
  const tags = new Uint8Array(TRACE_TAG_BYTES * places.length);
  const view = new DataView(tags.buffer);
  for (const [i, { op, position, part }] of places.entries()) {
    const length = lengths[i]!;
    if (!(length >= 1 && length <= TRACE_LEAF_BYTES)) {
      throw new InvalidValueError("leaf", `1 to ${TRACE_LEAF_BYTES} bytes`, length);
    }
    const at = TRACE_TAG_BYTES * i;
    view.setUint8(at, LEAF);
    tags.set(program, at + 1);
    writePlace(view, at, op, position, part);
  }
  return tags;
}
