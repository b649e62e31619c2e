/** Safetensors files in memory: adapters, checkpoints and what is published. `TensorFile` reads files by range. */
import { headerLength, LENGTH_BYTES, parseHeader } from "./safetensorsHeader.js";
import {
  decodeFloats,
  encodeFloats,
  FLOAT_BYTES,
  type FloatStorage,
  floatStorage,
  requireFinite,
} from "./storedFloats.js";

export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/**
 * Reads every tensor of a file as fp32; `file` names it in errors.
 *
 * @throws ModelError `weights_malformed` when the file is truncated, mislabelled, of an element type other than
 * F32, F16 and BF16, or holds a NaN or an infinity
 */
export function readSafetensors(bytes: Uint8Array, file: string): Map<string, Tensor> {
  const start = LENGTH_BYTES + headerLength(bytes, bytes.byteLength, file);
  const entries = parseHeader(bytes.subarray(LENGTH_BYTES, start), bytes.byteLength - start, file);
  const tensors = new Map<string, Tensor>();
  for (const [name, entry] of entries) {
    const storage = floatStorage(name, entry, file);
    const data = new Float32Array((entry.end - entry.begin) / FLOAT_BYTES[storage]);
    decodeFloats(bytes.subarray(start + entry.begin, start + entry.end), storage, data);
    requireFinite(name, data, file);
    tensors.set(name, { shape: entry.shape, data });
  }
  return tensors;
}

/** Writes tensors in order of name. Deterministic: equal tensors, equal bytes. */
export function writeSafetensors(tensors: ReadonlyMap<string, Tensor>, storage: FloatStorage): Uint8Array {
  const names = [...tensors.keys()].sort();
  const header: Record<string, unknown> = { __metadata__: { format: "pt" } };
  let offset = 0;
  for (const name of names) {
    const { shape, data } = tensors.get(name)!;
    const end = offset + data.length * FLOAT_BYTES[storage];
    header[name] = { dtype: storage, shape, data_offsets: [offset, end] };
    offset = end;
  }
  const json = JSON.stringify(header);
  const text = new TextEncoder().encode(json.padEnd(Math.ceil(json.length / 8) * 8));
  const out = new Uint8Array(LENGTH_BYTES + text.byteLength + offset);
  new DataView(out.buffer).setBigUint64(0, BigInt(text.byteLength), true);
  out.set(text, LENGTH_BYTES);
  let at = LENGTH_BYTES + text.byteLength;
  for (const name of names) {
    const { data } = tensors.get(name)!;
    const end = at + data.length * FLOAT_BYTES[storage];
    encodeFloats(data, storage, out.subarray(at, end));
    at = end;
  }
  return out;
}
