import { Tensor } from "onnxruntime-node";
import type { Program } from "../program/Program.js";
import { grownCapacity } from "./capacity.js";

/**
 * Codes and scales of keys and values of B sequences, in the layout that a graph is fed: `past_key.i` int8
 * `[B, K, D, capacity]`, `past_value.i` `[B, K, capacity, D]`, `past_scales` f32 `[2L · B, K, 1, capacity]`, keys' then
 * values' of each layer. Rows not yet written hold zeros and are masked.
 */
export class KeyValueCache {
  /** Positions written, equal for all sequences. */
  filled = 0;
  capacity = 0;
  private readonly digits: readonly string[];
  private keys: Int8Array[] = [];
  private values: Int8Array[] = [];
  private scales = new Float32Array();
  private fed: Record<string, Tensor> = {};

  constructor(
    private readonly program: Program,
    readonly sequences = 1,
  ) {
    this.digits = program.tier === "w15a15" ? [".high", ".low"] : [""];
  }

  /** Makes room for this many positions, in steps, so that shapes repeat. */
  reserve(positions: number): void {
    if (positions <= this.capacity) return;
    const { layers, kvHeads, headDim } = this.program.shape;
    const { sequences, digits, filled } = this;
    const capacity = grownCapacity(positions);
    const slots = layers * digits.length;
    const lead = sequences * kvHeads;
    const keys = Array.from({ length: slots }, () => new Int8Array(lead * headDim * capacity));
    const values = Array.from({ length: slots }, () => new Int8Array(lead * headDim * capacity));
    const scales = new Float32Array(2 * layers * lead * capacity);
    const old = this.capacity;
    for (let slot = 0; slot < this.keys.length; slot++) {
      copyRows(this.keys[slot]!, old, keys[slot]!, capacity, filled, lead * headDim);
      copyRows(this.values[slot]!, old * headDim, values[slot]!, capacity * headDim, filled * headDim, lead);
    }
    if (old > 0) copyRows(this.scales, old, scales, capacity, filled, 2 * layers * lead);
    Object.assign(this, { keys, values, scales, capacity });
    this.fed = { past_scales: new Tensor("float32", scales, [2 * layers * sequences, kvHeads, 1, capacity]) };
    this.fed.past_length = new Tensor("int64", BigInt64Array.of(BigInt(capacity)), [1]);
    for (let layer = 0; layer < layers; layer++) {
      digits.forEach((digit, d) => {
        const slot = layer * digits.length + d;
        this.fed[`past_key.${layer}${digit}`] = new Tensor("int8", keys[slot]!, [
          sequences,
          kvHeads,
          headDim,
          capacity,
        ]);
        this.fed[`past_value.${layer}${digit}`] = new Tensor("int8", values[slot]!, [
          sequences,
          kvHeads,
          capacity,
          headDim,
        ]);
      });
    }
  }

  /** Inputs of a step over these sequences. */
  feeds(): Readonly<Record<string, Tensor>> {
    return this.fed;
  }

  /**
   * Takes the first `count` of `rows` new positions of one sequence from the outputs of a pass, where keys and values lie
   * apart as int8: per layer and digit, keys then values `[rows · K, D]`; scales per layer, keys then values `[rows · K]`.
   */
  appendPass(sequence: number, codes: Int8Array, scales: Float32Array, rows: number, count: number): void {
    const { layers, kvHeads, headDim } = this.program.shape;
    this.reserve(this.filled + count);
    const slots = layers * this.digits.length;
    const width = rows * kvHeads * headDim;
    for (let slot = 0; slot < slots; slot++) {
      const at = slot * 2 * width;
      for (let row = 0; row < count; row++) {
        this.write(
          slot,
          sequence,
          this.filled + row,
          codes,
          at + row * kvHeads * headDim,
          at + width + row * kvHeads * headDim,
          0,
        );
      }
    }
    for (let layer = 0; layer < layers; layer++) {
      const at = layer * 2 * rows * kvHeads;
      for (let row = 0; row < count; row++) {
        this.writeScales(layer, sequence, this.filled + row, scales, at + row * kvHeads, at + (rows + row) * kvHeads);
      }
    }
    this.filled += count;
  }

  /**
   * Takes the new position of every sequence from the outputs of a step: per layer and digit `[B · (H + 2K), D]` as uint8
   * around 128 with the queries', and scales `[B · (H + 2K)]`.
   */
  appendStep(codes: Uint8Array, scales: Float32Array): void {
    const { layers, heads, kvHeads, headDim } = this.program.shape;
    const all = heads + 2 * kvHeads;
    const { sequences, filled } = this;
    for (let slot = 0; slot < layers * this.digits.length; slot++) {
      for (let sequence = 0; sequence < sequences; sequence++) {
        const at = (slot * sequences + sequence) * all * headDim;
        const key = at + heads * headDim;
        this.write(slot, sequence, filled, codes, key, key + kvHeads * headDim, 128);
      }
    }
    for (let layer = 0; layer < layers; layer++) {
      for (let sequence = 0; sequence < sequences; sequence++) {
        const at = (layer * sequences + sequence) * all + heads;
        this.writeScales(layer, sequence, filled, scales, at, at + kvHeads);
      }
    }
    this.filled += 1;
  }

  private write(
    slot: number,
    sequence: number,
    position: number,
    codes: Int8Array | Uint8Array,
    keysAt: number,
    valuesAt: number,
    zero: number,
  ): void {
    const { kvHeads, headDim } = this.program.shape;
    const { capacity } = this;
    const keys = this.keys[slot]!;
    const values = this.values[slot]!;
    for (let head = 0; head < kvHeads; head++) {
      const lead = sequence * kvHeads + head;
      for (let d = 0; d < headDim; d++) {
        keys[(lead * headDim + d) * capacity + position] = codes[keysAt + head * headDim + d]! - zero;
        values[(lead * capacity + position) * headDim + d] = codes[valuesAt + head * headDim + d]! - zero;
      }
    }
  }

  private writeScales(
    layer: number,
    sequence: number,
    position: number,
    scales: Float32Array,
    keysAt: number,
    valuesAt: number,
  ): void {
    const { kvHeads } = this.program.shape;
    const { capacity, sequences } = this;
    for (let head = 0; head < kvHeads; head++) {
      this.scales[((2 * layer * sequences + sequence) * kvHeads + head) * capacity + position] = scales[keysAt + head]!;
      this.scales[(((2 * layer + 1) * sequences + sequence) * kvHeads + head) * capacity + position] =
        scales[valuesAt + head]!;
    }
  }
}

function copyRows<T extends Int8Array | Float32Array>(
  from: T,
  fromStride: number,
  to: T,
  toStride: number,
  count: number,
  rows: number,
): void {
  for (let row = 0; row < rows; row++) {
    to.set(from.subarray(row * fromStride, row * fromStride + count) as never, row * toStride);
  }
}
