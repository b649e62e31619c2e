import type { Program } from "../program/Program.js";
import { Site } from "../reference/Kernel.js";
import { newRow, type Row } from "../reference/Row.js";
import { lengthAt, shapesOf } from "../reference/shapes.js";
import { NO_TOKEN, type Span } from "./Stage.js";

/**
 * A site of the reference that knows nothing but what a step read: rows of the right length that hold the elements of
 * `reads`, and something that no operation takes everywhere else where a float can be that (integers are 0 there).
 */
export function rowSite(program: Program, position: number, reads: readonly Span[], rows: readonly Row[]): Site {
  return new Site(program, position, rowSource(program, reads, rows));
}

export function rowSource(program: Program, reads: readonly Span[], rows: readonly Row[]) {
  const known = new Map<string, Row>();
  const tokens = new Map<number, number>();
  const spans = reads.filter((span) => span.kind !== "table");
  for (const [i, span] of spans.entries()) {
    if (span.kind === "token") tokens.set(span.position, rows[i]![0]!);
    else {
      const key = `${span.op} ${span.position}`;
      let row = known.get(key);
      if (row === undefined) {
        const shape = shapesOf(program)[span.op]!;
        row = newRow(shape.type, lengthAt(shape, span.position));
        if (shape.type === "f32") row.fill(Number.NaN);
        known.set(key, row);
      }
      row.set(rows[i]!, span.from);
    }
  }
  return {
    row: (value: number, at: number) => {
      const row = known.get(`${value} ${at}`);
      if (row === undefined) throw new Error(`a step reads value ${value} at position ${at} without saying so`);
      return row;
    },
    token: (position: number) => {
      const token = tokens.get(position);
      if (token === undefined) throw new Error(`a step reads the token at position ${position} without saying so`);
      return token === NO_TOKEN ? undefined : token;
    },
  };
}
