/**
 * A writer of GGUF files, version 3, as far as a decoder's weights need it (ggml's `docs/gguf.md`): header, metadata,
 * descriptions of tensors, then their data, each tensor at a multiple of 32 bytes.
 */
import { closeSync, openSync, writeSync } from "node:fs";

export type GgufValue =
  | { readonly u32: number }
  | { readonly f32: number }
  | { readonly text: string }
  | { readonly texts: readonly string[] }
  | { readonly i32s: readonly number[] };

export interface GgufTensor {
  readonly name: string;
  /** Extents, the contiguous one first. */
  readonly extents: readonly number[];
  readonly type: "F32" | "Q8_0";
  readonly byteLength: number;
  /** Made when it is written, so that a large model is not held twice. */
  readonly bytes: () => Uint8Array;
}

const ALIGNMENT = 32;
const VERSION = 3;
/** `ggml_type`. */
const TENSOR_TYPE = { F32: 0, Q8_0: 8 } as const;
/** `gguf_metadata_value_type`. */
const VALUE_TYPE = { u32: 4, i32: 5, f32: 6, text: 8, array: 9 } as const;

export function writeGguf(
  file: string,
  metadata: Readonly<Record<string, GgufValue>>,
  tensors: readonly GgufTensor[],
): void {
  const head = new Bytes();
  head.raw(new TextEncoder().encode("GGUF"));
  head.u32(VERSION);
  head.u64(tensors.length);
  head.u64(Object.keys(metadata).length);
  for (const [key, value] of Object.entries(metadata)) {
    head.text(key);
    head.value(value);
  }
  let offset = 0;
  for (const { name, extents, type, byteLength } of tensors) {
    head.text(name);
    head.u32(extents.length);
    for (const extent of extents) head.u64(extent);
    head.u32(TENSOR_TYPE[type]);
    head.u64(offset);
    offset += aligned(byteLength);
  }

  const out = openSync(file, "w");
  try {
    writePadded(out, head.joined());
    for (const { bytes } of tensors) writePadded(out, bytes());
  } finally {
    closeSync(out);
  }
}

function aligned(length: number): number {
  return Math.ceil(length / ALIGNMENT) * ALIGNMENT;
}

function writePadded(out: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(out, bytes, at);
  writeSync(out, new Uint8Array(aligned(bytes.length) - bytes.length));
}

class Bytes {
  private readonly parts: Uint8Array[] = [];

  raw(bytes: Uint8Array): void {
    this.parts.push(bytes);
  }

  u32(value: number): void {
    this.raw(new Uint8Array(Uint32Array.of(value).buffer));
  }

  u64(value: number): void {
    this.raw(new Uint8Array(BigUint64Array.of(BigInt(value)).buffer));
  }

  text(text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.u64(bytes.length);
    this.raw(bytes);
  }

  value(value: GgufValue): void {
    if ("u32" in value) {
      this.u32(VALUE_TYPE.u32);
      this.u32(value.u32);
    } else if ("f32" in value) {
      this.u32(VALUE_TYPE.f32);
      this.raw(new Uint8Array(Float32Array.of(value.f32).buffer));
    } else if ("text" in value) {
      this.u32(VALUE_TYPE.text);
      this.text(value.text);
    } else if ("texts" in value) {
      this.u32(VALUE_TYPE.array);
      this.u32(VALUE_TYPE.text);
      this.u64(value.texts.length);
      for (const text of value.texts) this.text(text);
    } else {
      this.u32(VALUE_TYPE.array);
      this.u32(VALUE_TYPE.i32);
      this.u64(value.i32s.length);
      this.raw(new Uint8Array(Int32Array.from(value.i32s).buffer));
    }
  }

  joined(): Uint8Array {
    return Buffer.concat(this.parts);
  }
}
