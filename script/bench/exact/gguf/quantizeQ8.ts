import { floatToHalf } from "@openledger/engine";

/** Weights in a block of Q8_0, and the block's bytes: a binary16 scale, then as many int8. */
export const Q8_BLOCK = 32;
export const Q8_BYTES = 2 + Q8_BLOCK;

/**
 * Q8_0 as `quantize_row_q8_0_ref` of ggml makes it: scale = max|x| / 127 in binary32, q = x / scale rounded half away from
 * zero, the scale stored as binary16.
 *
 * @param data rows of a multiple of 32 elements, one after another
 */
export function quantizeQ8(data: Float32Array): Uint8Array {
  if (data.length % Q8_BLOCK !== 0) {
    throw new RangeError(`Q8_0 needs rows of a multiple of ${Q8_BLOCK} weights, found ${data.length} weights`);
  }
  const blocks = data.length / Q8_BLOCK;
  const out = new Uint8Array(blocks * Q8_BYTES);
  const view = new DataView(out.buffer);
  for (let block = 0; block < blocks; block++) {
    const from = block * Q8_BLOCK;
    let largest = 0;
    for (let i = 0; i < Q8_BLOCK; i++) largest = Math.max(largest, Math.abs(data[from + i]!));
    const scale = Math.fround(largest / 127);
    const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
    const at = block * Q8_BYTES;
    view.setUint16(at, floatToHalf(scale), true);
    for (let i = 0; i < Q8_BLOCK; i++) {
      const x = Math.fround(data[from + i]! * inverse);
      view.setInt8(at + 2 + i, Math.sign(x) * Math.floor(Math.abs(x) + 0.5));
    }
  }
  return out;
}
