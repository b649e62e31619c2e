import type { OpKind } from "../program/Op.js";
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
  "denominator",
  "credit",
]);

function casesOf(isTried: (kind: OpKind) => boolean): OpCase[] {
  return opCases(opVectors()).filter(({ program, op }) => isTried(program.ops[op]!.kind));
}

/** Vectors of what graphs compute. */
export function graphCases(): OpCase[] {
  return casesOf((kind) => !OUTSIDE_OF_GRAPHS.has(kind));
}

/** Vectors of what kernels of steps compute. */
export function stepCases(): OpCase[] {
  return casesOf((kind) => kind === "integerLogits" || !OUTSIDE_OF_GRAPHS.has(kind));
}
