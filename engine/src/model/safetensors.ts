/**
 * Reader and writer of safetensors files: an 8-byte little-endian header length, a JSON header, then raw tensors.
 * The reader trusts nothing: header length, offsets, shapes and values are checked, and what it returns is finite fp32.
 */

import { ModelError } from "./errors.js";
import { floatToHalf, halfToFloat } from "./half.js";

export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

const MAX_HEADER_BYTES = 4 * 1024 * 1024;
const MAX_TENSORS = 100_000;
const BYTES_OF = { F32: 4, F16: 2, BF16: 2 } as const;
type StoredType = keyof typeof BYTES_OF;

interface Entry {
  readonly dtype: StoredType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/**
 * Reads every tensor of a file as fp32; `file` names it in errors.
 *
 * @throws ModelError `weights_malformed` when the file is truncated, mislabelled, of an element type other than
 * F32, F16 and BF16, or holds a NaN or an infinity
 */
export function readSafetensors(bytes: Uint8Array, file: string): Map<string, Tensor> {
  const malformed = (detail: string, cause?: unknown): ModelError =>
    new ModelError("weights_malformed", `${file}: ${detail}; fetch or export the file again`, { cause });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < 8) throw malformed(`needs a header of at least 8 bytes, found ${bytes.byteLength} bytes`);
  const headerLength = view.getBigUint64(0, true);
  if (headerLength > BigInt(Math.min(MAX_HEADER_BYTES, bytes.byteLength - 8))) {
    throw malformed(`header of ${headerLength} bytes in a file of ${bytes.byteLength}`);
  }
  const start = 8 + Number(headerLength);
  const header = parseHeader(bytes.subarray(8, start), malformed);
  const available = bytes.byteLength - start;

  const tensors = new Map<string, Tensor>();
  let covered = 0;
  for (const [name, entry] of header) {
    if (entry.begin !== covered) throw malformed(`tensor ${name} begins at ${entry.begin}, expected ${covered}`);
    if (entry.end > available)
      throw malformed(`tensor ${name} ends at ${entry.end}, file has ${available} bytes of data`);
    covered = entry.end;
    const data = decode(bytes.subarray(start + entry.begin, start + entry.end), entry.dtype);
    const bad = data.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw malformed(`tensor ${name} holds ${data[bad]} at element ${bad}`);
    tensors.set(name, { shape: entry.shape, data });
  }
  if (covered !== available) throw malformed(`${available - covered} bytes after the last tensor`);
  return tensors;
}

/** Writes tensors in order of name; `dtype` F16 rounds to nearest even. Deterministic: equal tensors, equal bytes. */
export function writeSafetensors(tensors: ReadonlyMap<string, Tensor>, dtype: "F32" | "F16"): Uint8Array {
  const names = [...tensors.keys()].sort();
  const header: Record<string, unknown> = { __metadata__: { format: "pt" } };
  let offset = 0;
  for (const name of names) {
    const { shape, data } = tensors.get(name)!;
    const end = offset + data.length * BYTES_OF[dtype];
    header[name] = { dtype, shape, data_offsets: [offset, end] };
    offset = end;
  }
  const json = JSON.stringify(header);
  const text = new TextEncoder().encode(json.padEnd(Math.ceil(json.length / 8) * 8));
  const out = new Uint8Array(8 + text.byteLength + offset);
  const view = new DataView(out.buffer);
  view.setBigUint64(0, BigInt(text.byteLength), true);
  out.set(text, 8);
  let at = 8 + text.byteLength;
  for (const name of names) {
    for (const value of tensors.get(name)!.data) {
      if (dtype === "F32") view.setFloat32(at, value, true);
      else view.setUint16(at, floatToHalf(value), true);
      at += BYTES_OF[dtype];
    }
  }
  return out;
}

function parseHeader(text: Uint8Array, malformed: (detail: string, cause?: unknown) => ModelError): [string, Entry][] {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(text));
  } catch (cause) {
    throw malformed("header is not JSON", cause);
  }
  if (typeof header !== "object" || header === null || Array.isArray(header))
    throw malformed("header is not an object");
  const listed = Object.entries(header).filter(([name]) => name !== "__metadata__");
  if (listed.length > MAX_TENSORS) throw malformed(`${listed.length} tensors, at most ${MAX_TENSORS} are read`);
  const entries = listed.map(([name, value]): [string, Entry] => [name, parseEntry(name, value, malformed)]);
  return entries.sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
}

function parseEntry(name: string, value: unknown, malformed: (detail: string) => ModelError): Entry {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
  const isCount = (n: unknown): n is number => typeof n === "number" && Number.isSafeInteger(n) && n >= 0;
  if (typeof dtype !== "string" || !Object.hasOwn(BYTES_OF, dtype)) {
    throw malformed(`tensor ${name} has element type ${String(dtype)}, expected F32, F16 or BF16`);
  }
  if (!Array.isArray(shape) || shape.length > 8 || !shape.every(isCount)) {
    throw malformed(`tensor ${name} has shape ${JSON.stringify(shape)}`);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    throw malformed(`tensor ${name} has data_offsets ${JSON.stringify(offsets)}`);
  }
  const [begin, end] = offsets as [number, number];
  const wanted = shape.reduce((size, dim) => size * dim, BYTES_OF[dtype as StoredType]);
  if (end - begin !== wanted) {
    throw malformed(`tensor ${name} of shape ${JSON.stringify(shape)} needs ${wanted} bytes, found ${end - begin}`);
  }
  return { dtype: dtype as StoredType, shape: shape as number[], begin, end };
}

function decode(bytes: Uint8Array, dtype: StoredType): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const out = new Float32Array(bytes.byteLength / BYTES_OF[dtype]);
  if (dtype === "F32") {
    for (let i = 0; i < out.length; i++) out[i] = view.getFloat32(i * 4, true);
  } else if (dtype === "F16") {
    for (let i = 0; i < out.length; i++) out[i] = halfToFloat(view.getUint16(i * 2, true));
  } else {
    const bits = new Uint32Array(out.buffer);
    for (let i = 0; i < out.length; i++) bits[i] = view.getUint16(i * 2, true) << 16;
  }
  return out;
}
