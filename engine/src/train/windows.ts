import type { Batch } from "./loss-session.js";
import { Random } from "./random.js";

/**
 * Batches of windows from one long stream of tokens, in an order that depends on the seed and the step alone: every
 * window of an epoch once, then the next epoch in another order and at another offset.
 */
export class Windows {
  private epoch = -1;
  private order: number[] = [];
  private offset = 0;

  constructor(
    private readonly stream: Uint16Array | Uint32Array,
    private readonly shape: { readonly batch: number; readonly length: number },
    private readonly seed: number,
  ) {
    if (stream.length < 2 * shape.length + 1) {
      throw new RangeError(`a stream needs at least two windows of ${shape.length} tokens, found ${stream.length}`);
    }
  }

  /** Windows of one epoch. */
  get perEpoch(): number {
    return Math.floor((this.stream.length - 1) / this.shape.length) - 1;
  }

  /** The batch of a step, counted from 0. */
  batch(step: number): Batch {
    const { batch, length } = this.shape;
    const perEpoch = this.perEpoch;
    const tokens = new BigInt64Array(batch * length);
    const targets = new BigInt64Array(batch * length);
    for (let i = 0; i < batch; i++) {
      const index = step * batch + i;
      this.enter(Math.floor(index / perEpoch), perEpoch);
      const start = this.offset + this.order[index % perEpoch]! * length;
      for (let j = 0; j < length; j++) {
        tokens[i * length + j] = BigInt(this.stream[start + j]!);
        targets[i * length + j] = BigInt(this.stream[start + j + 1]!);
      }
    }
    return { tokens, targets, weights: new Float32Array(batch * length).fill(1 / (batch * length)) };
  }

  private enter(epoch: number, windows: number): void {
    if (epoch === this.epoch) return;
    const random = new Random(this.seed + 1_000_003 * (epoch + 1));
    this.epoch = epoch;
    this.offset = random.below(this.shape.length);
    this.order = random.shuffle(Array.from({ length: windows }, (_, i) => i));
  }
}
