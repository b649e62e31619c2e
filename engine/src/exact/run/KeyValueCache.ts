import { Tensor } from "onnxruntime-node";
import type { CacheType } from "../lower/codes/CodeForm.js";
import type { Program } from "../program/Program.js";
import { grownCapacity } from "./capacity.js";

/** Codes and scales of the keys and values of R rows, as a run gives them; see `lowerProgram`. */
export interface KeyValueRows {
  readonly codes: Int8Array | Uint8Array;
  readonly scales: Float32Array;
}

type Codes = Int8Array | Uint8Array;

/**
 * Codes and scales of keys and values of B sequences, in the layout that a graph is fed: `past_key.i` `[B, K, D, P]`,
 * `past_value.i` `[B, K, P, D]`, `past_scales` f32 `[2L · B, K, 1, P]`, keys' then values' of each layer, P being the
 * capacity. Places not yet written hold zeros and are masked.
 */
export class KeyValueCache {
  /** Positions written of each sequence. */
  readonly filled: number[];
  /** At least 1: a product over no keys at all is not zero on onnxruntime but whatever its memory held. */
  capacity = 0;
  private readonly digits: number;
  private keys: Codes[] = [];
  private values: Codes[] = [];
  private scales = new Float32Array();
  private readonly views = new Map<string, Readonly<Record<string, Tensor>>>();

  constructor(
    private readonly program: Program,
    private readonly type: CacheType,
    readonly sequences: number,
  ) {
    this.filled = new Array<number>(sequences).fill(0);
    const scores = program.ops.find((op) => op.kind === "scores");
    this.digits = scores?.kind === "scores" ? scores.qkv.length : 1;
    this.resize(1);
  }

  /** Makes room for this many positions, in steps, so that shapes repeat. */
  reserve(positions: number): void {
    if (positions > this.capacity) this.resize(grownCapacity(positions));
  }

  private resize(capacity: number): void {
    const { layers, kvHeads, headDim } = this.program.shape;
    const { sequences, capacity: old } = this;
    const lead = sequences * kvHeads;
    const [keys, values] = [this.newSlots(lead * headDim * capacity), this.newSlots(lead * headDim * capacity)];
    const scales = new Float32Array(2 * layers * lead * capacity);
    for (let slot = 0; slot < this.keys.length; slot++) {
      copyRows(this.keys[slot]!, old, keys[slot]!, capacity, lead * headDim);
      copyRows(this.values[slot]!, old * headDim, values[slot]!, capacity * headDim, lead);
    }
    copyRows(this.scales, old, scales, capacity, 2 * layers * lead);
    Object.assign(this, { keys, values, scales, capacity });
    this.views.clear();
  }

  /** Inputs of a run over sequences `first` to `first + count`: views, not copies, but for the scales of some sequences. */
  feeds(first: number, count: number): Readonly<Record<string, Tensor>> {
    const name = `${first}.${count}`;
    const known = this.views.get(name);
    // Scales of a part of the sequences do not lie together.
    if (known !== undefined && count === this.sequences) return known;
    const { layers, kvHeads, headDim } = this.program.shape;
    const { capacity, sequences, digits } = this;
    const feeds: Record<string, Tensor> = {
      past_scales: new Tensor("float32", this.scalesOf(first, count), [2 * layers * count, kvHeads, 1, capacity]),
    };
    const lead = kvHeads * headDim * capacity;
    for (let slot = 0; slot < layers * digits; slot++) {
      const suffix = digits === 1 ? `${slot}` : `${slot >> 1}${slot % 2 === 0 ? ".high" : ".low"}`;
      const view = (codes: Codes, dims: readonly number[]): Tensor =>
        new Tensor(this.type, codes.subarray(first * lead, (first + count) * lead) as never, [count, kvHeads, ...dims]);
      feeds[`past_key.${suffix}`] = view(this.keys[slot]!, [headDim, capacity]);
      feeds[`past_value.${suffix}`] = view(this.values[slot]!, [capacity, headDim]);
    }
    if (count === sequences) this.views.set(name, feeds);
    return feeds;
  }

  /** Takes `length` new positions of each of sequences `first` to `first + count`. */
  append({ codes, scales }: KeyValueRows, first: number, count: number, length: number): void {
    const { layers, kvHeads, headDim } = this.program.shape;
    for (let b = first; b < first + count; b++) this.reserve(this.filled[b]! + length);
    const rows = count * length;
    const width = kvHeads * headDim;
    for (let slot = 0; slot < layers * this.digits; slot++) {
      const at = slot * 2 * rows * width;
      for (let row = 0; row < rows; row++) {
        const b = first + Math.floor(row / length);
        const position = this.filled[b]! + (row % length);
        this.writeCodes(slot, b, position, codes, at + row * width, at + (rows + row) * width);
      }
    }
    for (let layer = 0; layer < layers; layer++) {
      const at = layer * 2 * rows * kvHeads;
      for (let row = 0; row < rows; row++) {
        const b = first + Math.floor(row / length);
        const position = this.filled[b]! + (row % length);
        this.writeScales(layer, b, position, scales, at + row * kvHeads, at + (rows + row) * kvHeads);
      }
    }
    for (let b = first; b < first + count; b++) this.filled[b]! += length;
  }

  /** Zeros for every layer and digit. */
  private newSlots(length: number): Codes[] {
    return Array.from({ length: this.program.shape.layers * this.digits }, () =>
      this.type === "int8" ? new Int8Array(length) : new Uint8Array(length).fill(128),
    );
  }

  private scalesOf(first: number, count: number): Float32Array {
    if (count === this.sequences) return this.scales;
    const { layers, kvHeads } = this.program.shape;
    const one = kvHeads * this.capacity;
    const part = new Float32Array(2 * layers * count * one);
    for (let slot = 0; slot < 2 * layers; slot++) {
      const from = (slot * this.sequences + first) * one;
      part.set(this.scales.subarray(from, from + count * one), slot * count * one);
    }
    return part;
  }

  private writeCodes(slot: number, b: number, position: number, codes: Codes, keysAt: number, valuesAt: number): void {
    const { kvHeads, headDim } = this.program.shape;
    const { capacity } = this;
    const keys = this.keys[slot]!;
    const values = this.values[slot]!;
    for (let head = 0; head < kvHeads; head++) {
      const lead = b * kvHeads + head;
      let key = lead * headDim * capacity + position;
      let value = (lead * capacity + position) * headDim;
      const [fromKey, fromValue] = [keysAt + head * headDim, valuesAt + head * headDim];
      for (let d = 0; d < headDim; d++) {
        keys[key] = codes[fromKey + d]!;
        values[value] = codes[fromValue + d]!;
        key += capacity;
        value++;
      }
    }
  }

  private writeScales(
    layer: number,
    b: number,
    position: number,
    scales: Float32Array,
    keysAt: number,
    valuesAt: number,
  ): void {
    const { kvHeads } = this.program.shape;
    const { capacity, sequences } = this;
    for (let head = 0; head < kvHeads; head++) {
      this.scales[((2 * layer * sequences + b) * kvHeads + head) * capacity + position] = scales[keysAt + head]!;
      this.scales[(((2 * layer + 1) * sequences + b) * kvHeads + head) * capacity + position] =
        scales[valuesAt + head]!;
    }
  }
}

/** Rows of `fromStride` elements into the starts of rows of `toStride`. */
function copyRows<T extends Codes | Float32Array>(
  from: T,
  fromStride: number,
  to: T,
  toStride: number,
  rows: number,
): void {
  if (fromStride === 0) return;
  for (let row = 0; row < rows; row++) {
    to.set(from.subarray(row * fromStride, (row + 1) * fromStride) as never, row * toStride);
  }
}
