/**
 * The header of a safetensors file: 8 bytes little endian that give its length, then JSON that gives each tensor its
 * element type, shape and place. Nothing in it is trusted.
 */
import { duplicateKey } from "./duplicateKey.js";
import { ModelError } from "./errors.js";
import { shortened, shown } from "./shown.js";

/** Bytes of an element, of every type that the format names. */
const BYTES_OF = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  U16: 2,
  I16: 2,
  F16: 2,
  BF16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  U64: 8,
  I64: 8,
  F64: 8,
} as const;
export type StoredType = keyof typeof BYTES_OF;

/** Bytes before the header. */
export const LENGTH_BYTES = 8;
const MAX_HEADER_BYTES = 4 * 1024 * 1024;
const MAX_TENSORS = 100_000;

/** Where a tensor lies: bytes `begin` (inclusive) to `end` (exclusive) after the header. */
export interface TensorEntry {
  readonly dtype: StoredType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/**
 * The header's length in bytes, of a file of `size` bytes that begins with `start`.
 *
 * @throws ModelError `weights_malformed` when it is beyond the file or 4 MiB: nothing is allocated for it
 */
export function headerLength(start: Uint8Array, size: number, file: string): number {
  if (size < LENGTH_BYTES) {
    throw malformed(file, `needs a header of at least ${LENGTH_BYTES} bytes, found ${size} bytes`);
  }
  const length = new DataView(start.buffer, start.byteOffset, LENGTH_BYTES).getBigUint64(0, true);
  if (length > BigInt(Math.min(MAX_HEADER_BYTES, size - LENGTH_BYTES))) {
    throw malformed(file, `header of ${length} bytes in a file of ${size}, at most ${MAX_HEADER_BYTES} are read`);
  }
  return Number(length);
}

/**
 * Reads a header. Tensors must fill the rest of the file without gaps.
 *
 * @param available bytes after the header
 * @returns tensors in the order in which they lie
 * @throws ModelError `weights_malformed`
 */
export function parseHeader(header: Uint8Array, available: number, file: string): Map<string, TensorEntry> {
  const entries = Object.entries(parseObject(header, file)).filter(([name]) => name !== "__metadata__");
  if (entries.length > MAX_TENSORS) {
    throw malformed(file, `${entries.length} tensors, at most ${MAX_TENSORS} are read`);
  }
  const placed = entries
    .map(([name, value]): [string, TensorEntry] => [name, parseEntry(name, value, file)])
    .sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const [name, { begin, end }] of placed) {
    const tensor = `tensor ${shortened(name)}`;
    if (begin !== covered) throw malformed(file, `${tensor} begins at ${begin}, expected ${covered}`);
    if (end > available) throw malformed(file, `${tensor} ends at ${end}, file has ${available} bytes of data`);
    covered = end;
  }
  if (covered !== available) throw malformed(file, `${available - covered} bytes after the last tensor`);
  return new Map(placed);
}

export function malformed(file: string, detail: string, cause?: unknown): ModelError {
  return new ModelError("weights_malformed", `${file}: ${detail}; fetch or export the file again`, { cause });
}

function parseObject(header: Uint8Array, file: string): object {
  let text: string;
  let parsed: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(header);
    parsed = JSON.parse(text);
  } catch (cause) {
    throw malformed(file, "header is not JSON", cause);
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw malformed(file, "header is not an object");
  }
  const twice = duplicateKey(text);
  if (twice !== undefined) throw malformed(file, `header names ${shortened(twice)} twice`);
  return parsed;
}

function parseEntry(name: string, value: unknown, file: string): TensorEntry {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
  const tensor = `tensor ${shortened(name)}`;
  const isCount = (n: unknown): n is number => typeof n === "number" && Number.isSafeInteger(n) && n >= 0;
  if (typeof dtype !== "string" || !Object.hasOwn(BYTES_OF, dtype)) {
    throw malformed(file, `${tensor} has element type ${shown(dtype)}, which the format does not name`);
  }
  if (!Array.isArray(shape) || shape.length > 8 || !shape.every(isCount)) {
    throw malformed(file, `${tensor} has shape ${shown(shape)}`);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    throw malformed(file, `${tensor} has data_offsets ${shown(offsets)}`);
  }
  const [begin, end] = offsets as [number, number];
  const wanted = shape.reduce((size, dim) => size * dim, BYTES_OF[dtype as StoredType]);
  if (end - begin !== wanted) {
    throw malformed(file, `${tensor} of shape ${shown(shape)} needs ${wanted} bytes, found ${end - begin}`);
  }
  return { dtype: dtype as StoredType, shape: shape as number[], begin, end };
}
