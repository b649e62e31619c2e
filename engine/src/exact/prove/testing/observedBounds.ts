import type { ValueId } from "../../program/Op.js";
import type { Program } from "../../program/Program.js";
import type { Row } from "../../reference/Row.js";
import { referenceRun } from "../../reference/referenceRun.js";
import { shapesOf } from "../../reference/shapes.js";
import type { BoundsReport } from "../BoundsReport.js";

/** A value that leaves its bounds. */
export interface Escape {
  readonly op: ValueId;
  readonly kind: string;
  readonly position: number;
  readonly element: number;
  readonly value: number;
  readonly bound: number;
}

/** Everything that a reference run makes beyond the bounds that were reported for it. */
export function escapesOf(program: Program, report: BoundsReport, tokens: readonly number[]): Escape[] {
  const escapes: Escape[] = [];
  referenceRun(program, tokens, {
    onRow(op, position, row) {
      const { kind, most, least } = report.ops[op]!;
      for (let element = 0; element < row.length; element++) {
        const at = entryOf(program, op, row, element);
        const value = row[element]!;
        const bound = Math.abs(value) <= most[at]! ? (least?.[at] ?? value) : most[at]!;
        if (!(Math.abs(value) <= most[at]!) || value < bound)
          escapes.push({ op, kind, position, element, value, bound });
      }
    },
  });
  return escapes;
}

/** `[entries]`: the greatest |x| that a run makes of each entry of an operation's bound. */
export function observedOf(
  program: Program,
  report: BoundsReport,
  op: ValueId,
  tokens: readonly number[],
): Float64Array {
  const observed = new Float64Array(report.ops[op]!.most.length);
  referenceRun(program, tokens, {
    onRow(made, _, row) {
      if (made !== op) return;
      for (let element = 0; element < row.length; element++) {
        const at = entryOf(program, op, row, element);
        observed[at] = Math.max(observed[at]!, Math.abs(row[element]!));
      }
    },
  });
  return observed;
}

/** The entry of a bound that an element has: its own, or its head's. */
function entryOf(program: Program, op: ValueId, row: Row, element: number): number {
  const shape = shapesOf(program)[op]!;
  return shape.keyed ? Math.floor(element / (row.length / shape.heads)) : element;
}
