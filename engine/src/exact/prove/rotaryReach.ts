import type { Table } from "../program/Program.js";

export interface RotaryReach {
  /** `[pairs]`: the greatest |cos| and |sin| of any position. */
  readonly cos: Float64Array;
  readonly sin: Float64Array;
  /** The greatest √(cos² + sin²): 1, and what the grid of the table adds. */
  readonly length: number;
}

export function rotaryReach({ rows, columns, data }: Extract<Table, { kind: "floats" }>): RotaryReach {
  const pairs = columns / 2;
  const cos = new Float64Array(pairs);
  const sin = new Float64Array(pairs);
  let squares = 0;
  for (let position = 0; position < rows; position++) {
    for (let i = 0; i < pairs; i++) {
      const c = Math.abs(data[position * columns + i]!);
      const s = Math.abs(data[position * columns + pairs + i]!);
      if (c > cos[i]!) cos[i] = c;
      if (s > sin[i]!) sin[i] = s;
      if (c * c + s * s > squares) squares = c * c + s * s;
    }
  }
  return { cos, sin, length: Math.sqrt(squares) };
}
