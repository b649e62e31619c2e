import { ExactError } from "../errors.js";
import { wasm } from "./webAssembly.js";

/** What kernels compute on: one memory of up to 4 GiB, given out in pieces that begin at cache lines. */
const PAGE = 65_536;
/** Sizes are whole lines. */
export const LINE = 64;
const MOST_PAGES = 65_536;

export class StepMemory {
  readonly memory = new wasm.Memory({ initial: 1, maximum: MOST_PAGES });
  /** The first line is nobody's: a pointer of 0 is none. */
  private end = LINE;
  /** Sizes of pieces given back, by where they begin, and beginnings by where they end: no two of them touch. */
  private readonly free = new Map<number, number>();
  private readonly freeByEnd = new Map<number, number>();
  private readonly sizes = new Map<number, number>();

  /**
   * @returns a pointer to `bytes` zeros, or whatever was there where a piece is used again
   * @throws ExactError `memory_exhausted`
   */
  take(bytes: number): number {
    const size = Math.ceil(Math.max(bytes, 1) / LINE) * LINE;
    const pointer = this.again(size) ?? this.extend(size);
    this.sizes.set(pointer, size);
    return pointer;
  }

  /** As `take`, all zeros. */
  takeZeros(bytes: number): number {
    const pointer = this.take(bytes);
    this.bytes(pointer, bytes).fill(0);
    return pointer;
  }

  give(pointer: number): void {
    const size = this.sizes.get(pointer);
    if (size === undefined) throw new Error(`${pointer} was not given out`);
    this.sizes.delete(pointer);
    let [from, to] = [pointer, pointer + size];
    const before = this.freeByEnd.get(from);
    if (before !== undefined) {
      this.forget(before);
      from = before;
    }
    const behind = this.free.get(to);
    if (behind !== undefined) {
      this.forget(to);
      to += behind;
    }
    if (to === this.end) this.end = from;
    else this.keep(from, to - from);
  }

  bytes(pointer: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, pointer, length);
  }

  codes(pointer: number, length: number): Int8Array {
    return new Int8Array(this.memory.buffer, pointer, length);
  }

  floats(pointer: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, pointer, length);
  }

  integers(pointer: number, length: number): Int32Array {
    return new Int32Array(this.memory.buffer, pointer, length);
  }

  digits(pointer: number, length: number): Int16Array {
    return new Int16Array(this.memory.buffer, pointer, length);
  }

  /** The least piece that is large enough, cut to size. */
  private again(size: number): number | undefined {
    let best: number | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const [pointer, bytes] of this.free) {
      if (bytes < size || bytes >= least) continue;
      best = pointer;
      least = bytes;
      if (bytes === size) break;
    }
    if (best === undefined) return undefined;
    this.forget(best);
    if (least > size) this.keep(best + size, least - size);
    return best;
  }

  private keep(pointer: number, size: number): void {
    this.free.set(pointer, size);
    this.freeByEnd.set(pointer + size, pointer);
  }

  private forget(pointer: number): void {
    this.freeByEnd.delete(pointer + this.free.get(pointer)!);
    this.free.delete(pointer);
  }

  private extend(size: number): number {
    const pointer = this.end;
    const missing = Math.ceil((pointer + size - this.memory.buffer.byteLength) / PAGE);
    if (missing > 0) this.grow(missing);
    this.end += size;
    return pointer;
  }

  private grow(pages: number): void {
    try {
      this.memory.grow(pages);
    } catch (cause) {
      const held = this.memory.buffer.byteLength / 2 ** 20;
      const message = `steps hold ${held} MiB and got no ${(pages * PAGE) / 2 ** 20} more; theirs are at most 4,096`;
      throw new ExactError("memory_exhausted", message, { cause });
    }
  }
}
