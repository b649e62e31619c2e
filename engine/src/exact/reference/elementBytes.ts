import { ExactError } from "../errors.js";
import { ELEMENT_BYTES, type ElementType, elementTypeOf, newRow, type Row } from "./Row.js";

const HOST_IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Elements as leaves, tables and files hold them: little endian, one after another. Shares the row's memory where it can. */
export function elementBytes(row: Row): Uint8Array {
  return HOST_IS_LITTLE_ENDIAN ? bytesOf(row) : encodeElements(row);
}

/** `elementBytes` in memory of its own. */
export function encodeElements(row: Row): Uint8Array {
  const bytes = bytesOf(row).slice();
  swapUnlessLittle(bytes, ELEMENT_BYTES[elementTypeOf(row)]);
  return bytes;
}

/** @throws ExactError `trace_malformed` when the bytes are not `length` elements. */
export function decodeElements(type: ElementType, length: number, bytes: Uint8Array): Row {
  const size = ELEMENT_BYTES[type];
  if (bytes.length !== size * length) {
    throw new ExactError(
      "trace_malformed",
      `A leaf has ${bytes.length} bytes, not ${size * length} of ${type}[${length}].`,
    );
  }
  const row = newRow(type, length);
  bytesOf(row).set(bytes);
  swapUnlessLittle(bytesOf(row), size);
  return row;
}

/** Makes elements of little-endian bytes that were read into the row's own memory. */
export function fromLittleEndian(row: Row): Row {
  swapUnlessLittle(bytesOf(row), ELEMENT_BYTES[elementTypeOf(row)]);
  return row;
}

export function bytesOf(row: Row): Uint8Array {
  return new Uint8Array(row.buffer, row.byteOffset, row.byteLength);
}

function swapUnlessLittle(bytes: Uint8Array, size: number): void {
  if (HOST_IS_LITTLE_ENDIAN) return;
  for (let at = 0; at < bytes.length; at += size) bytes.subarray(at, at + size).reverse();
}
