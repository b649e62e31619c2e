import type { ValueId } from "../program/Op.js";
import type { Program } from "../program/Program.js";
import { denominatorStages } from "./denominatorStages.js";
import { linearStages } from "./linearStages.js";
import { mixStages } from "./mixStages.js";
import { plainStage } from "./plainStage.js";
import { reduceStages } from "./reduceStages.js";
import type { Stage } from "./Stage.js";
import { scoreStages } from "./scoreStages.js";
import { surpriseStages } from "./surpriseStages.js";

/** What an operation makes at a position, in the order of its leaves; its own row last. */
export function stagesOf(program: Program, index: ValueId, position: number): Stage[] {
  const op = program.ops[index]!;
  switch (op.kind) {
    case "rowScale":
    case "sumSquares":
    case "scoreMax":
    case "sum":
      return reduceStages(program, index, op, position);
    case "linear":
      return linearStages(program, index, op, position);
    case "scores":
      return scoreStages(program, index, op, position);
    case "mix":
      return mixStages(program, index, op, position);
    case "surprise":
      return surpriseStages(program, index, op, position);
    case "denominator":
      return denominatorStages(program, index, op, position);
    default:
      return [plainStage(program, index, position)];
  }
}
