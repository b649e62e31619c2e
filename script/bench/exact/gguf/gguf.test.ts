import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { halfToFloat, llamaArchitecture, normName, projectionName } from "@openledger/engine";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { randomModel } from "../model/randomModel.js";
import { Q8_BLOCK, Q8_BYTES, quantizeQ8 } from "./quantizeQ8.js";
import { writeLlamaGguf } from "./writeLlamaGguf.js";

const ARCHITECTURE = llamaArchitecture({
  // So many that matrices end between multiples of 32 bytes.
  vocabulary: 321,
  hidden: 64,
  layers: 2,
  heads: 4,
  kvHeads: 2,
  headDim: 16,
  feedForward: 96,
  maxPositions: 128,
  theta: 10_000,
  normEpsilon: 1e-5,
  head: "tied",
  endToken: 0,
});

interface ReadTensor {
  readonly extents: readonly number[];
  readonly type: number;
  readonly data: Uint8Array;
}

/** Reads a file by the specification, independently of the writer. */
function readGguf(bytes: Buffer): { metadata: Map<string, unknown>; tensors: Map<string, ReadTensor> } {
  let at = 0;
  const take = (length: number): number => {
    at += length;
    return at - length;
  };
  const u32 = (): number => bytes.readUInt32LE(take(4));
  const u64 = (): number => Number(bytes.readBigUInt64LE(take(8)));
  const text = (): string => {
    const length = u64();
    const from = take(length);
    return bytes.toString("utf8", from, from + length);
  };
  const value = (type: number): unknown => {
    switch (type) {
      case 4:
        return u32();
      case 5:
        return bytes.readInt32LE(take(4));
      case 6:
        return bytes.readFloatLE(take(4));
      case 8:
        return text();
      case 9: {
        const of = u32();
        return Array.from({ length: u64() }, () => value(of));
      }
      default:
        throw new Error(`type ${type} at ${at}`);
    }
  };
  expect(bytes.toString("latin1", take(4), 4)).toBe("GGUF");
  expect(u32()).toBe(3);
  const tensorCount = u64();
  const metadata = new Map(Array.from({ length: u64() }, () => [text(), value(u32())] as const));
  const infos = Array.from({ length: tensorCount }, () => {
    const name = text();
    const extents = Array.from({ length: u32() }, u64);
    return { name, extents, type: u32(), offset: u64() };
  });
  const start = Math.ceil(at / 32) * 32;
  const tensors = infos.map(({ name, extents, type, offset }) => {
    const size = extents.reduce((a, b) => a * b, 1);
    const length = type === 0 ? size * 4 : (size / Q8_BLOCK) * Q8_BYTES;
    expect(offset % 32).toBe(0);
    return [name, { extents, type, data: bytes.subarray(start + offset, start + offset + length) }] as const;
  });
  const last = infos.at(-1)!;
  const end = start + last.offset + tensors.at(-1)![1].data.length;
  expect(bytes.length).toBe(Math.ceil(end / 32) * 32);
  return { metadata, tensors: new Map(tensors) };
}

function dequantized(data: Uint8Array): Float32Array {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const out = new Float32Array((data.length / Q8_BYTES) * Q8_BLOCK);
  out.forEach((_, i) => {
    const block = Math.floor(i / Q8_BLOCK) * Q8_BYTES;
    out[i] = halfToFloat(view.getUint16(block, true)) * view.getInt8(block + 2 + (i % Q8_BLOCK));
  });
  return out;
}

test("a model's file reads back: metadata, norms bit for bit, matrices within half a step", () => {
  const folder = mkdtempSync(join(tmpdir(), "openledger-gguf-"));
  const file = join(folder, "model.gguf");
  const model = randomModel(ARCHITECTURE, 3);
  const weight = (name: string): Float32Array => model.weights.get(name)!;
  writeLlamaGguf(file, model);
  const { metadata, tensors } = readGguf(readFileSync(file));
  rmSync(folder, { recursive: true });

  expect(metadata.get("general.architecture")).toBe("llama");
  expect(metadata.get("llama.attention.head_count_kv")).toBe(2);
  expect(metadata.get("llama.attention.layer_norm_rms_epsilon")).toBe(Math.fround(1e-5));
  expect(metadata.get("tokenizer.ggml.tokens")).toHaveLength(321);
  expect(new Set(metadata.get("tokenizer.ggml.tokens") as string[]).size).toBe(321);
  expect(tensors.size).toBe(2 + 2 * 9);
  expect([...tensors.values()].map(({ type }) => type).sort()).toEqual([...Array(5).fill(0), ...Array(15).fill(8)]);

  const norm = tensors.get("blk.1.ffn_norm.weight")!;
  expect(norm.data).toEqual(Buffer.from(weight(normName(1, "feedForward")).buffer));
  const down = tensors.get("blk.1.ffn_down.weight")!;
  expect(down.extents).toEqual([96, 64]);
  const wanted = weight(projectionName(1, "down"));
  // Deviation 0.02: a block's largest is below 0.1, half a step below 0.1 / 254.
  dequantized(down.data).forEach((value, i) => {
    expect(Math.abs(value - wanted[i]!)).toBeLessThan(0.1 / 250);
  });

  // llama.cpp turns elements 2i and 2i + 1, so row 1 of a head is the first of its second half; v stays.
  const rowOf = (name: string, row: number): Float32Array =>
    dequantized(tensors.get(name)!.data).subarray(row * 64, (row + 1) * 64);
  const near = (found: Float32Array, tensor: Float32Array, row: number): boolean =>
    found.every((value, i) => Math.abs(value - tensor[row * 64 + i]!) < 0.001);
  const [k, v] = [weight(projectionName(0, "k")), weight(projectionName(0, "v"))];
  expect(near(rowOf("blk.0.attn_k.weight", 1), k, 8)).toBe(true);
  expect(near(rowOf("blk.0.attn_k.weight", 16 + 2), k, 16 + 1)).toBe(true);
  expect(near(rowOf("blk.0.attn_v.weight", 1), v, 1)).toBe(true);
});

test("a block is its largest magnitude in 127 steps, rounded half away from zero", () => {
  const block = new Float32Array(32);
  block.set([127, 0.5, -0.5, 1.49, -2.5, 126.6]);
  const bytes = quantizeQ8(block);

  expect(halfToFloat(bytes[0]! | (bytes[1]! << 8))).toBe(1);
  expect([...new Int8Array(bytes.buffer, 2, 6)]).toEqual([127, 1, -1, 1, -3, 127]);
  expect([...quantizeQ8(new Float32Array(32))]).toEqual(new Array(34).fill(0));
  expect(() => quantizeQ8(new Float32Array(33))).toThrow("multiple of 32");
});

test("every weight is within half a step, and of a binary16's rounding of the scale", () => {
  const weights = fc.array(fc.float({ min: -8, max: 8, noNaN: true }), { minLength: 32, maxLength: 32 });
  fc.assert(
    fc.property(weights, (values) => {
      const data = Float32Array.from(values);
      const largest = Math.max(...values.map(Math.abs), 2 ** -6);
      const back = dequantized(quantizeQ8(data));
      return back.every((value, i) => Math.abs(value - data[i]!) <= largest / 254 + largest / 1024);
    }),
  );
});
