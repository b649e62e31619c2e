import { visibleKeys } from "../reference/shapes.js";
import type { StepMemory } from "./StepMemory.js";
import { COLUMNS } from "./StepTables.js";

/** Rows over keys of one layer at a time: scores, exponents, weights (f32 `[heads, stride]`) and their digits (int16). */
export class KeyedRoom {
  stride = 0;
  scores = 0;
  exponents = 0;
  weights = 0;
  readonly digits: [number, number] = [0, 0];

  private heads = 0;

  constructor(private readonly memory: StepMemory) {}

  /** Keys visible from a position. */
  count(window: number | null, position: number): number {
    return visibleKeys(window, position).count;
  }

  /** Makes room for this many heads and keys; what was in it is gone. */
  reserve(heads: number, keys: number): void {
    const stride = Math.max(this.stride, Math.ceil(keys / COLUMNS) * COLUMNS + COLUMNS);
    if (stride === this.stride && heads <= this.heads) return;
    this.heads = Math.max(heads, this.heads);
    for (const piece of [this.scores, this.exponents, this.weights, ...this.digits]) {
      if (piece !== 0) this.memory.give(piece);
    }
    this.stride = stride;
    const take = (bytes: number): number => this.memory.takeZeros(bytes * this.heads * stride);
    this.scores = take(4);
    this.exponents = take(4);
    this.weights = take(4);
    this.digits[0] = take(2);
    this.digits[1] = take(2);
  }
}
