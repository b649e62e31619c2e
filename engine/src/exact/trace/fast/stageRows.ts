import type { ValueId } from "../../program/Op.js";
import type { Program } from "../../program/Program.js";
import { BoundViolation } from "../../reference/arithmetic.js";
import { definitionsOf } from "../../reference/Definitions.js";
import type { Row } from "../../reference/Row.js";
import { shapesOf } from "../../reference/shapes.js";
import { StageRows } from "../StageRows.js";
import { denominatorRows } from "./denominatorRows.js";
import { linearRows } from "./linearRows.js";
import { mixRows } from "./mixRows.js";
import { reduceRows } from "./reduceRows.js";
import type { StageSource } from "./StageSource.js";
import { scoreRows } from "./scoreRows.js";
import { surpriseRows } from "./surpriseRows.js";

/**
 * Rows of all stages of an operation at a position, its own last: what `StageRows` makes step by step, made in plain loops.
 *
 * @throws ExactError `bound_violated` with its site where a stage breaks a bound.
 */
export function stageRows(program: Program, op: ValueId, position: number, source: StageSource): Row[] {
  try {
    const stages = stagesBefore(program, op, position, source);
    stages.push(source.row(op));
    return stages;
  } catch (error) {
    if (!(error instanceof BoundViolation)) throw error;
    // The slow path knows at which element.
    const rows = (value: ValueId, at: number) => rowAt(source, value, at, position);
    new StageRows(program, rows, () => source.following()).leaves(op, position);
    throw error;
  }
}

function stagesBefore(program: Program, index: ValueId, position: number, source: StageSource): Row[] {
  const op = program.ops[index]!;
  switch (op.kind) {
    case "linear":
      return linearRows(program, op, source);
    case "rowScale":
    case "sumSquares":
    case "scoreMax":
    case "sum":
      return reduceRows(op, groupsOf(program, index), source, definitionsOf(program));
    case "scores":
      return scoreRows(op, position, source);
    case "mix":
      return mixRows(op, position, source);
    case "surprise":
      return surpriseRows(program, op, source);
    case "denominator":
      return denominatorRows(op, source);
    default:
      return [];
  }
}

/** A reduction has an element a group. */
function groupsOf(program: Program, index: ValueId): number {
  const shape = shapesOf(program)[index]!;
  return shape.keyed ? 0 : shape.length;
}

function rowAt(source: StageSource, value: ValueId, at: number, position: number): Row {
  if (at === position) return source.row(value);
  const { first, rows } = source.history(value);
  const width = source.row(value).length;
  return rows.subarray((at - first) * width, (at + 1 - first) * width);
}
