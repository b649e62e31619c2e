import type { Row } from "../reference/Row.js";
import type { OpCase } from "../testing/vectors.js";

/** Where a row is not the reference's. */
export interface RowDifference {
  /** Kind and name of the vector. */
  readonly vector: string;
  readonly element: number;
  /** The rows that the operation read, or how they begin. */
  readonly input: string;
  readonly expected: number;
  readonly found: number;
}

export function differenceOf(row: Row, one: OpCase): RowDifference | undefined {
  const element = row.findIndex((found, i) => !Object.is(found, one.expected[i]));
  if (element < 0 && row.length === one.expected.length) return undefined;
  const at = Math.max(0, element);
  return { vector: one.name, element: at, input: inputOf(one), expected: one.expected[at]!, found: row[at]! };
}

function inputOf({ source, inputs, position }: OpCase): string {
  return inputs.map((input) => excerpt(source.row(input, position))).join(", ");
}

function excerpt(row: Row): string {
  const shown = [...row.subarray(0, 4)].join(" ");
  return row.length > 4 ? `[${shown} … ${row.length} elements]` : `[${shown}]`;
}
