/**
 * Whether the kernels of steps are exact here, found out as for a device. WebAssembly says what its instructions give to
 * the bit; a compiler of it may still be wrong.
 */
import { StepEngine } from "../step/StepEngine.js";
import { differenceOf, type RowDifference } from "./differenceOf.js";
import { stepCases } from "./extremeCases.js";
import { runStepCase } from "./runStepCase.js";

/** @returns the first difference; sequences are continued by graphs where there is one */
export function conformSteps(run: typeof runStepCase = runStepCase): RowDifference | undefined {
  const engine = new StepEngine();
  for (const one of stepCases()) {
    const difference = differenceOf(run(one, engine), one);
    if (difference !== undefined) return difference;
  }
  return undefined;
}
