/**
 * Whether the kernels of steps are exact here, found out as for a device. WebAssembly says what its instructions give to
 * the bit; a compiler of it may still be wrong.
 */
import { StepEngine } from "../step/StepEngine.js";
import { opVectors } from "../testing/extremes/opVectors.js";
import { opCases } from "../testing/vectors.js";
import { differenceOf, type RowDifference } from "./differenceOf.js";
import { runStepCase } from "./runStepCase.js";

/** Look-ups of a token's row are made outside of kernels; bits of signs are no part of a step. */
export const OUTSIDE_OF_STEPS: ReadonlySet<string> = new Set(["embed", "addPosition", "signBits"]);

/** @returns the first difference; sequences are continued by graphs where there is one */
export function conformSteps(run: typeof runStepCase = runStepCase): RowDifference | undefined {
  const engine = new StepEngine();
  for (const one of opCases(opVectors())) {
    if (OUTSIDE_OF_STEPS.has(one.program.ops[one.op]!.kind)) continue;
    const difference = differenceOf(run(one, engine), one);
    if (difference !== undefined) return difference;
  }
  return undefined;
}
