import type { Model } from "@openledger/engine";

/** A model's weights, copied where they are changed. Matrices are `[rows, columns]`; a vector is one row. */
export class WeightEdit {
  private readonly changed = new Map<string, Float32Array>();

  constructor(private readonly original: Model) {}

  scaleRow(name: string, columns: number, row: number, factor: number): void {
    const data = this.copyOf(name);
    for (let i = row * columns; i < (row + 1) * columns; i++) data[i]! *= factor;
  }

  scaleColumn(name: string, columns: number, column: number, factor: number): void {
    const data = this.copyOf(name);
    for (let i = column; i < data.length; i += columns) data[i]! *= factor;
  }

  model(): Model {
    const { architecture, weights } = this.original;
    const changed = [...weights].map(([name, data]) => [name, this.changed.get(name) ?? data] as const);
    return { architecture, weights: new Map(changed) };
  }

  private copyOf(name: string): Float32Array {
    const known = this.changed.get(name);
    if (known !== undefined) return known;
    const copy = Float32Array.from(this.original.weights.get(name)!);
    this.changed.set(name, copy);
    return copy;
  }
}
