import { ELEMENT_BYTES, type ElementType, elementTypeOf, newRow, type Row } from "../reference/Row.js";

/** A row as hex digits: each element's bits, highest digit first, 8 of f32 and i32, 4 of u16, 2 of i8 and u8. */
export function rowToHex(row: Row): string {
  const digits = 2 * ELEMENT_BYTES[elementTypeOf(row)];
  const bits = row instanceof Float32Array ? new Uint32Array(row.buffer, row.byteOffset, row.length) : row;
  return Array.from(bits, (element) => (element < 0 ? element + 16 ** digits : element).toString(16))
    .map((text) => text.padStart(digits, "0"))
    .join("");
}

export function rowOfHex(type: ElementType, hex: string): Row {
  const digits = 2 * ELEMENT_BYTES[type];
  const row = newRow(type, hex.length / digits);
  const bits = row instanceof Float32Array ? new Uint32Array(row.buffer) : row;
  // Typed arrays take integers modulo their width: the sign comes by itself.
  for (let i = 0; i < row.length; i++) bits[i] = Number.parseInt(hex.slice(i * digits, (i + 1) * digits), 16);
  return row;
}

export function floatToHex(x: number): string {
  return rowToHex(Float32Array.of(x));
}

export function floatOfHex(hex: string): number {
  return rowOfHex("f32", hex)[0]!;
}
