import { describe, expect, test } from "vitest";
import { StepEngine } from "../step/StepEngine.js";
import { conformSteps } from "./conformSteps.js";
import { stepCases } from "./extremeCases.js";
import { runStepCase } from "./runStepCase.js";

describe("the kernels of every operation give the reference's row for every vector of extremes", () => {
  const engine = new StepEngine();
  const cases = stepCases();
  test.each(cases)("$name", (one) => {
    expect(runStepCase(one, engine)).toEqual(one.expected);
    // Again, in room that others have used.
    expect(runStepCase(one, engine)).toEqual(one.expected);
  });
});

test("a kernel that is wrong is told of, one that is not is not", () => {
  expect(conformSteps()).toBeUndefined();
  const wrong = conformSteps((one, engine) => {
    const row = runStepCase(one, engine);
    if (one.program.ops[one.op]!.kind === "gate") row[0]! += 1;
    return row;
  });
  expect(wrong).toMatchObject({ vector: expect.stringMatching(/^gate: /), element: 0 });
});
