import type { Architecture } from "@openledger/engine";
import { Tensor } from "onnxruntime-node";

/** Positions by which the cache grows, as that of exact programs does. */
const STEP = 64;
const MASKED = -1e9;

/** Keys and values of B sequences of equal length, `[B, K, capacity, D]` a layer, fed without a copy. */
export class Fp32Cache {
  filled = 0;
  private capacity = 0;
  private rows = new Map<string, Float32Array>();
  private fed: Record<string, Tensor> = {};

  constructor(
    private readonly architecture: Architecture,
    readonly sequences: number,
  ) {}

  reserve(positions: number): void {
    if (positions <= this.capacity) return;
    const { layers, kvHeads, headDim } = this.architecture;
    const capacity = Math.ceil(positions / STEP) * STEP;
    const lead = this.sequences * kvHeads;
    const rows = new Map<string, Float32Array>();
    this.fed = {};
    for (let layer = 0; layer < layers; layer++) {
      for (const kind of ["key", "value"]) {
        const name = `${kind}.${layer}`;
        const grown = new Float32Array(lead * capacity * headDim);
        const old = this.rows.get(name);
        for (let i = 0; old !== undefined && i < lead; i++) {
          const from = i * this.capacity * headDim;
          grown.set(old.subarray(from, from + this.filled * headDim), i * capacity * headDim);
        }
        rows.set(name, grown);
        this.fed[`past_${name}`] = new Tensor("float32", grown, [this.sequences, kvHeads, capacity, headDim]);
      }
    }
    this.rows = rows;
    this.capacity = capacity;
  }

  /** What a step at position `filled` is fed. */
  feeds(): Readonly<Record<string, Tensor>> {
    const { sequences, capacity, filled } = this;
    const mask = new Float32Array(sequences * capacity).fill(MASKED);
    for (let i = 0; i < sequences; i++) mask.fill(0, i * capacity, i * capacity + filled);
    return {
      ...this.fed,
      mask: new Tensor("float32", mask, [sequences, 1, 1, 1, capacity]),
      positions: new Tensor("int64", new BigInt64Array(sequences).fill(BigInt(filled)), [sequences, 1]),
    };
  }

  /** Takes `count` new rows `[n, K, count, D]` of each layer for the n sequences from `first` on. */
  append(outputs: Readonly<Record<string, Tensor>>, first: number, count: number): void {
    const { headDim, kvHeads } = this.architecture;
    for (const [name, rows] of this.rows) {
      const fresh = outputs[name]!.data as Float32Array;
      const width = count * headDim;
      for (let i = 0; i * width < fresh.length; i++) {
        const to = ((first * kvHeads + i) * this.capacity + this.filled) * headDim;
        rows.set(fresh.subarray(i * width, (i + 1) * width), to);
      }
    }
    this.filled += count;
  }
}
