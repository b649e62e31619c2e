import { InvalidValueError } from "../errors/InvalidValueError.js";

/** Bytes before a leaf's own: 0x00 ‖ program ‖ uint32 op ‖ uint32 position ‖ uint32 part. */
export const TRACE_TAG_BYTES = 45;

/** Writes op, position and part of a tag; what stands before them is the same for all leaves of a program. @throws InvalidValueError */
export function writePlace(tag: DataView, at: number, op: number, position: number, part: number): void {
  if (op >>> 0 !== op) refuse("op", op);
  if (position >>> 0 !== position) refuse("position", position);
  if (part >>> 0 !== part) refuse("part", part);
  tag.setUint32(at + 33, op);
  tag.setUint32(at + 37, position);
  tag.setUint32(at + 41, part);
}

function refuse(field: string, value: number): never {
  throw new InvalidValueError(field, "an unsigned integer of 32 bits", value);
}
