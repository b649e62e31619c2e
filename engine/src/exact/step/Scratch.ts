import { LINE, type StepMemory } from "./StepMemory.js";

/**
 * Room that plans share: one step runs at a time, so what a plan leaves there another may overwrite. A plan takes pieces
 * through a `ScratchUse` of its own.
 */
export class Scratch {
  private readonly pieces = new Map<number, number[]>();

  constructor(private readonly memory: StepMemory) {}

  /** The `index`-th piece of `size` bytes. */
  at(size: number, index: number): number {
    const pieces = this.pieces.get(size) ?? [];
    this.pieces.set(size, pieces);
    while (pieces.length <= index) pieces.push(this.memory.takeZeros(size));
    return pieces[index]!;
  }
}

/** Pieces of one plan: given back ones are used again by it. */
export class ScratchUse {
  private readonly free = new Map<number, number[]>();
  private readonly used = new Map<number, number>();
  private readonly sizes = new Map<number, number>();

  constructor(private readonly scratch: Scratch) {}

  take(bytes: number): number {
    const size = Math.ceil(Math.max(bytes, 1) / LINE) * LINE;
    const again = this.free.get(size)?.pop();
    if (again !== undefined) return again;
    const index = this.used.get(size) ?? 0;
    this.used.set(size, index + 1);
    const pointer = this.scratch.at(size, index);
    this.sizes.set(pointer, size);
    return pointer;
  }

  give(pointer: number): void {
    const size = this.sizes.get(pointer);
    if (size === undefined) throw new Error(`${pointer} was not given out`);
    const pieces = this.free.get(size) ?? [];
    pieces.push(pointer);
    this.free.set(size, pieces);
  }
}
