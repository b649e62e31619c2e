import { ExactError } from "../errors.js";
import type { Program } from "../program/Program.js";
import { STEP_LEAVES } from "./Stage.js";
import { stagesOf } from "./stagesOf.js";

/**
 * Refuses a program with a step that no transaction should have to take.
 *
 * One position tells of all: what grows with the position (keys) is reduced in stages until a step reads 8 leaves at most,
 * wherever its elements lie; what a step reads besides is given by the program's shape alone.
 *
 * @throws ExactError `step_too_large` naming operation, stage and leaves.
 */
export function checkLimits(program: Program): void {
  for (const [index, op] of program.ops.entries()) {
    for (const { name, mostLeaves } of stagesOf(program, index, program.shape.maxPositions - 1)) {
      if (mostLeaves <= STEP_LEAVES) continue;
      throw new ExactError(
        "step_too_large",
        `Operation ${index} (${op.kind}): an element of its ${name} reads up to ${mostLeaves} leaves; ${STEP_LEAVES} are the limit.`,
      );
    }
  }
}
