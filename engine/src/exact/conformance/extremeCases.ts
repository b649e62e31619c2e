import type { OpKind } from "../program/Op.js";
import type { Arithmetic } from "../program/Program.js";
import { opVectors } from "../testing/extremes/opVectors.js";
import { type OpCase, opCases } from "../testing/vectors.js";

/** Look-ups, and what is made of a run's results: code outside of graphs that the same vectors test. */
const OUTSIDE_OF_GRAPHS: ReadonlySet<OpKind> = new Set([
  "embed",
  "addPosition",
  "integerLogits",
  "signBits",
  "surprise",
  "similarity",
  "continuity",
  "denominator",
  "credit",
  "windowSum",
]);

function casesOf(arithmetic: Arithmetic, isTried: (kind: OpKind) => boolean): OpCase[] {
  return opCases(opVectors()).filter(
    ({ program, op }) => program.arithmetic === arithmetic && isTried(program.ops[op]!.kind),
  );
}

/** Vectors of what graphs compute in an arithmetic. */
export function graphCases(arithmetic: Arithmetic): OpCase[] {
  return casesOf(arithmetic, (kind) => !OUTSIDE_OF_GRAPHS.has(kind));
}

/** Vectors of what kernels of steps compute, which are those of binary32. */
export function stepCases(): OpCase[] {
  return casesOf("float", (kind) => kind === "integerLogits" || !OUTSIDE_OF_GRAPHS.has(kind));
}
