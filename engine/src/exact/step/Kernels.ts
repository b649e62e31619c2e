import { KERNEL_BYTES } from "./kernelBytes.js";
import { type WasmMemory, type WasmModule, wasm } from "./webAssembly.js";

type Pointer = number;

/**
 * What `engine/assembly` exports: one binary32 operation after another, sums over integers. Pointers are bytes of the shared
 * memory, lengths elements. Each is described where it is written.
 */
export interface Kernels {
  dots(q: Pointer, w: Pointer, k: number, from: number, to: number, out: Pointer): void;
  dotsOfTwo(
    q0: Pointer,
    q1: Pointer,
    w: Pointer,
    k: number,
    from: number,
    to: number,
    out0: Pointer,
    out1: Pointer,
  ): void;
  firstPair(sums: Pointer, scales: Pointer, n: number, t: Pointer): void;
  nextPair(sums: Pointer, scales: Pointer, power: number, n: number, t: Pointer): void;
  scaleRow(t: Pointer, r: Pointer, n: number, y: Pointer): void;
  scorePair(
    q: Pointer,
    heads: number,
    width: number,
    keys: Pointer,
    keyScales: Pointer,
    count: number,
    power: number,
    adds: number,
    out: Pointer,
    stride: number,
  ): void;
  placeScores(t: Pointer, s: number, constant: number, count: number): void;
  mixPair(
    p: Pointer,
    values: Pointer,
    stride: number,
    keys: number,
    width: number,
    power: number,
    adds: number,
    t: Pointer,
  ): void;
  rowScale(
    x: Pointer,
    groups: number,
    size: number,
    stride: number,
    levels: number,
    guard: number,
    limits: Pointer,
    out: Pointer,
  ): void;
  quantize(
    x: Pointer,
    scales: Pointer,
    groups: number,
    size: number,
    stride: number,
    least: number,
    most: number,
    out: Pointer,
    outStride: number,
  ): void;
  quantizeRest(
    x: Pointer,
    scales: Pointer,
    highs: Pointer,
    groups: number,
    size: number,
    stride: number,
    out: Pointer,
    outStride: number,
  ): void;
  sumSquares(q: Pointer, groups: number, size: number, stride: number, out: Pointer): void;
  normScale(
    squares: Pointer,
    steps: Pointer,
    epsilon: number,
    by: Pointer,
    numerator: number,
    groups: number,
    out: Pointer,
  ): void;
  normHeads(x: Pointer, scales: Pointer, vector: Pointer, rows: number, columns: number, out: Pointer): void;
  rotate(x: Pointer, angles: Pointer, groups: number, columns: number, out: Pointer): void;
  add(x: Pointer, y: Pointer, n: number, out: Pointer): void;
  multiply(x: Pointer, y: Pointer, n: number, out: Pointer): void;
  cubic(x: Pointer, a: number, b: number, n: number, out: Pointer): void;
  sigmoid(x: Pointer, constant: number, steps: number, table: Pointer, half: number, n: number, out: Pointer): void;
  gate(x: Pointer, sigma: Pointer, up: Pointer, n: number, out: Pointer): void;
  integerLogits(x: Pointer, n: number, out: Pointer): void;
  greatest(u: Pointer, heads: number, stride: number, count: number, out: Pointer): void;
  exponents(
    u: Pointer,
    maxima: Pointer,
    heads: number,
    stride: number,
    count: number,
    table: Pointer,
    length: number,
    steps: number,
    out: Pointer,
  ): void;
  sums(e: Pointer, heads: number, stride: number, count: number, out: Pointer): void;
  weigh(e: Pointer, heads: number, stride: number, count: number, scales: Pointer, out: Pointer): void;
  settle(t: Pointer, scale: number, sum: number, width: number, out: Pointer): void;
  remember(
    keys: Pointer,
    values: Pointer,
    headDim: number,
    position: number,
    keyRow: Pointer,
    valueColumn: Pointer,
    stride: number,
  ): void;
  pad(p: Pointer, heads: number, stride: number, count: number): void;
}

let compiled: WasmModule | undefined;

/** The kernels over a memory. */
export function openKernels(memory: WasmMemory): Kernels {
  compiled ??= new wasm.Module(Uint8Array.from(atob(KERNEL_BYTES), (char) => char.charCodeAt(0)));
  return new wasm.Instance(compiled, { env: { memory } }).exports as unknown as Kernels;
}
