/** How an element of a row is held, and how it is written in a leaf (little endian). */
export type ElementType = "f32" | "i32" | "u16" | "i8" | "u8";

/** One value at one position. */
export type Row = Float32Array | Int32Array | Uint16Array | Int8Array | Uint8Array;

export const ELEMENT_BYTES: { readonly [type in ElementType]: number } = { f32: 4, i32: 4, u16: 2, i8: 1, u8: 1 };

/** Least and greatest integer of each integer type. Digits are symmetric: −128 is none. */
export const INTEGER_RANGE: { readonly [type in Exclude<ElementType, "f32">]: readonly [number, number] } = {
  i32: [-(2 ** 31) + 1, 2 ** 31 - 1],
  u16: [0, 2 ** 16 - 1],
  i8: [-127, 127],
  u8: [0, 255],
};

export function newRow(type: ElementType, length: number): Row {
  switch (type) {
    case "f32":
      return new Float32Array(length);
    case "i32":
      return new Int32Array(length);
    case "u16":
      return new Uint16Array(length);
    case "i8":
      return new Int8Array(length);
    case "u8":
      return new Uint8Array(length);
  }
}

export function elementTypeOf(row: Row): ElementType {
  if (row instanceof Float32Array) return "f32";
  if (row instanceof Int32Array) return "i32";
  if (row instanceof Uint16Array) return "u16";
  return row instanceof Int8Array ? "i8" : "u8";
}
