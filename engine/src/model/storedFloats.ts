/** Real numbers as weight files store them: F32, F16 or BF16, little endian, as are the machines that run this. */
import { floatToHalf, halfToFloat } from "./half.js";
import { malformed, type StoredType, type TensorEntry } from "./safetensorsHeader.js";
import { shortened } from "./shown.js";

export type FloatStorage = "F32" | "F16" | "BF16";

export const FLOAT_BYTES: Readonly<Record<FloatStorage, number>> = { F32: 4, F16: 2, BF16: 2 };

let halfValues: Float32Array | undefined;

/** @throws ModelError `weights_malformed` when a tensor is of another type than F32, F16 and BF16 */
export function floatStorage(name: string, { dtype }: Pick<TensorEntry, "dtype">, file: string): FloatStorage {
  if (isFloat(dtype)) return dtype;
  throw malformed(file, `tensor ${shortened(name)} has element type ${dtype}, expected F32, F16 or BF16`);
}

/** Decodes stored bytes into `out` from element `at` on. */
export function decodeFloats(bytes: Uint8Array, storage: FloatStorage, out: Float32Array, at = 0): void {
  if (storage === "F32") {
    new Uint8Array(out.buffer, out.byteOffset + 4 * at, bytes.byteLength).set(bytes);
    return;
  }
  // A typed array of 16 bits needs an even place.
  const { buffer, byteOffset, byteLength } = bytes.byteOffset % 2 === 0 ? bytes : bytes.slice();
  const halves = new Uint16Array(buffer, byteOffset, byteLength / 2);
  if (storage === "F16") {
    const table = halfTable();
    for (let i = 0; i < halves.length; i++) out[at + i] = table[halves[i]!]!;
  } else {
    const bits = new Uint32Array(out.buffer, out.byteOffset, out.length);
    for (let i = 0; i < halves.length; i++) bits[at + i] = halves[i]! << 16;
  }
}

/** Stored bytes of real numbers; F16 and BF16 round to nearest, ties to even. */
export function encodeFloats(data: Float32Array, storage: FloatStorage, out: Uint8Array): void {
  if (storage === "F32") {
    out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return;
  }
  const bits = new Uint32Array(data.buffer, data.byteOffset, data.length);
  for (let i = 0; i < data.length; i++) {
    const half = storage === "F16" ? floatToHalf(data[i]!) : (bits[i]! + 0x7fff + ((bits[i]! >>> 16) & 1)) >>> 16;
    out[2 * i] = half;
    out[2 * i + 1] = half >>> 8;
  }
}

/** @throws ModelError `weights_malformed` naming the first NaN or infinity */
export function requireFinite(name: string, data: Float32Array, file: string): void {
  for (let i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i])) throw malformed(file, `tensor ${shortened(name)} holds ${data[i]} at element ${i}`);
  }
}

function isFloat(dtype: StoredType): dtype is FloatStorage {
  return dtype === "F32" || dtype === "F16" || dtype === "BF16";
}

/** All 65,536 values at once: a look-up is several times faster than the arithmetic of one. */
function halfTable(): Float32Array {
  halfValues ??= Float32Array.from({ length: 0x10000 }, (_, bits) => halfToFloat(bits));
  return halfValues;
}
