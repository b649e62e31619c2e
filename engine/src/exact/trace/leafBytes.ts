import { ExactError } from "../errors.js";
import { ELEMENT_BYTES, type ElementType, elementTypeOf, newRow, type Row } from "../reference/Row.js";

const HOST_IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Elements as a leaf holds them: little endian, one after another. */
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

function bytesOf(row: Row): Uint8Array {
  return new Uint8Array(row.buffer, row.byteOffset, row.byteLength);
}

function swapUnlessLittle(bytes: Uint8Array, size: number): void {
  if (HOST_IS_LITTLE_ENDIAN) return;
  for (let at = 0; at < bytes.length; at += size) bytes.subarray(at, at + size).reverse();
}
