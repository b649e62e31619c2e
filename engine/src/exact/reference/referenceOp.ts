import type { ValueId } from "../program/Op.js";
import type { Program } from "../program/Program.js";
import { assertBound } from "./arithmetic.js";
import { definitionsOf } from "./Definitions.js";
import { type Kernel, located, type RowSource, Site } from "./Kernel.js";
import { type ElementType, INTEGER_RANGE, newRow, type Row } from "./Row.js";
import { lengthAt, shapesOf } from "./shapes.js";

/**
 * One operation's row at a position from the rows that it reads: what an audit or a court computes.
 * Every bound that the arithmetic relies on is checked on the way.
 *
 * @param source rows of earlier values at this position, and of `qkv` digits and scales at earlier ones.
 * @throws ExactError `bound_violated` with its site, `row_malformed`, `program_malformed`.
 */
export function referenceOp(program: Program, op: ValueId, position: number, source: RowSource): Row {
  const shape = shapesOf(program)[op]!;
  const row = newRow(shape.type, lengthAt(shape, position));
  const kernel = openKernel(program, op, position, source);
  for (let i = 0; i < row.length; i++) row[i] = checkedElement(program, op, position, i, shape.type, kernel);
  return row;
}

/** One element of `referenceOp`: rows need to be right only where this element reads them. */
export function referenceElement(
  program: Program,
  op: ValueId,
  position: number,
  element: number,
  source: RowSource,
): number {
  const kernel = openKernel(program, op, position, source);
  return checkedElement(program, op, position, element, shapesOf(program)[op]!.type, kernel);
}

function openKernel(program: Program, op: ValueId, position: number, source: RowSource): Kernel {
  return definitionsOf(program).kernel(program.ops[op]!, new Site(program, position, source));
}

function checkedElement(
  program: Program,
  op: ValueId,
  position: number,
  element: number,
  type: ElementType,
  kernel: Kernel,
): number {
  return located(op, program.ops[op]!.kind, position, element, () => {
    const value = kernel(element);
    if (type === "f32") {
      assertBound(Number.isFinite(value) && Math.fround(value) === value, "a float is binary32", value);
      return value;
    }
    const [least, greatest] = INTEGER_RANGE[type];
    assertBound(Number.isInteger(value) && value >= least && value <= greatest, `${type} in its range`, value);
    // An integer has no −0.
    return value + 0;
  });
}
