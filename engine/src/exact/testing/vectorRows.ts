import { newRow } from "../reference/Row.js";
import { lengthAt, shapesOf } from "../reference/shapes.js";
import type { Rows } from "../trace/StageRows.js";
import type { OpCase } from "./vectors.js";

/** Rows of a case of the vectors; zeros for what nobody reads: stubs, and positions of a page that lie before the window. */
export function vectorRows({ program, op, position, source, expected }: OpCase): Rows {
  return (value, at) => {
    if (value === op && at === position) return expected;
    try {
      return source.row(value, at);
    } catch {
      const shape = shapesOf(program)[value]!;
      return newRow(shape.type, lengthAt(shape, at));
    }
  };
}
