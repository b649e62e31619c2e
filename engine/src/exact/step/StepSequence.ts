import type { AttentionShape, Digits, ValueId } from "../program/Op.js";
import type { Program } from "../program/Program.js";
import type { KeyValueRows } from "../run/KeyValueCache.js";
import type { StepMemory } from "./StepMemory.js";
import { COLUMNS } from "./StepTables.js";

/** Keys and values of one layer. */
export interface LayerMemory {
  /** int8 `[K, capacity, width]` of each digit, width the head dimension with zeros up to a multiple of 16. */
  readonly keys: readonly number[];
  /** int8 `[K, headDim, room]` of each digit. */
  readonly values: readonly number[];
  /** f32 `[K, room]` each. */
  readonly keyScales: number;
  readonly valueScales: number;
}

/** A sequence in the kernels' memory: what later positions read of those before. */
export class StepSequence {
  /** Positions written. */
  length = 0;
  readonly layers: ReadonlyMap<ValueId, LayerMemory>;
  readonly width: number;
  /** Elements of a line over positions: products read up to 16 beyond the last, from wherever a window begins. */
  readonly room: number;
  private readonly pieces: number[] = [];

  /**
   * @param layers scores and digits of their keys, in their order
   * @param capacity most positions
   * @throws ExactError `memory_exhausted`
   */
  constructor(
    private readonly memory: StepMemory,
    private readonly shape: Pick<AttentionShape, "kvHeads" | "headDim">,
    layers: readonly (readonly [ValueId, Digits])[],
    readonly capacity: number,
  ) {
    const { kvHeads, headDim } = shape;
    this.width = Math.ceil(headDim / COLUMNS) * COLUMNS;
    this.room = Math.ceil(capacity / COLUMNS) * COLUMNS + 2 * COLUMNS;
    const take = (bytes: number): number => {
      const piece = memory.takeZeros(bytes);
      this.pieces.push(piece);
      return piece;
    };
    const layer = (digits: Digits): LayerMemory => ({
      keys: digits.map(() => take(kvHeads * capacity * this.width)),
      values: digits.map(() => take(kvHeads * headDim * this.room)),
      keyScales: take(4 * kvHeads * this.room),
      valueScales: take(4 * kvHeads * this.room),
    });
    try {
      this.layers = new Map(layers.map(([id, digits]) => [id, layer(digits)]));
    } catch (error) {
      this.release();
      throw error;
    }
  }

  /** A program's, empty. */
  static of({ ops, shape }: Program, memory: StepMemory, capacity: number): StepSequence {
    const layers = ops.flatMap((op, id) => (op.kind === "scores" ? [[id, op.qkv] as const] : []));
    return new StepSequence(memory, shape, layers, capacity);
  }

  /** Takes new positions from a run of the program as a graph; see `lowerProgram` for how they lie. */
  append({ codes, scales }: KeyValueRows, count: number): void {
    const { kvHeads, headDim } = this.shape;
    const shift = codes instanceof Uint8Array ? 128 : 0;
    const line = kvHeads * headDim;
    let slot = 0;
    let layer = 0;
    for (const { keys, values, keyScales, valueScales } of this.layers.values()) {
      for (const digit of keys.keys()) {
        const at = slot++ * 2 * count * line;
        const [key, value] = [
          this.memory.codes(keys[digit]!, kvHeads * this.capacity * this.width),
          this.memory.codes(values[digit]!, line * this.room),
        ];
        for (let t = 0; t < count; t++) {
          const position = this.length + t;
          for (let head = 0; head < kvHeads; head++) {
            const from = at + t * line + head * headDim;
            const to = (head * this.capacity + position) * this.width;
            for (let d = 0; d < headDim; d++) {
              key[to + d] = codes[from + d]! - shift;
              value[(head * headDim + d) * this.room + position] = codes[from + count * line + d]! - shift;
            }
          }
        }
      }
      const at = layer++ * 2 * count * kvHeads;
      const [keyScale, valueScale] = [keyScales, valueScales].map((piece) =>
        this.memory.floats(piece, kvHeads * this.room),
      );
      for (let t = 0; t < count; t++) {
        for (let head = 0; head < kvHeads; head++) {
          const to = head * this.room + this.length + t;
          keyScale![to] = scales[at + t * kvHeads + head]!;
          valueScale![to] = scales[at + (count + t) * kvHeads + head]!;
        }
      }
    }
    this.length += count;
  }

  /** Gives the memory back. */
  release(): void {
    for (const piece of this.pieces) this.memory.give(piece);
    this.pieces.length = 0;
  }
}
