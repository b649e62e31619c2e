import type { Op, ValueId } from "../program/Op.js";
import type { Arithmetic, Program } from "../program/Program.js";
import { floatDefinitions } from "./floatDefinitions.js";
import { integerDefinitions } from "./integer/integerDefinitions.js";
import type { Kernel, Site } from "./Kernel.js";
import type { Row } from "./Row.js";

type OpOf<K extends Op["kind"]> = Op & { readonly kind: K };

/** Maxima and sums of groups: of few elements at once, of many by partial results. */
export type ReduceOp = OpOf<"rowScale" | "sumSquares" | "scoreMax" | "sum">;

export interface Reduction {
  readonly x: ValueId;
  /** Of elements, and of what it made of them. */
  readonly first: (elements: Row) => number;
  readonly again: (partials: Row) => number;
  /** The element of group g from what the group was reduced to. */
  readonly finish: (site: Site, g: number, reduced: number) => number;
}

/** What an arithmetic makes of operations: whole elements, and those parts of them that traces make apart. */
export interface Definitions {
  kernel(op: Op, site: Site): Kernel;
  reduction(op: ReduceOp): Reduction;
  /** Sums of integers stay below this. */
  readonly sumReach: number;
  /** y_n from its sums of products of digits, those of the second row's digits faster. */
  linear(op: OpOf<"linear">, site: Site, n: number, sums: readonly number[]): number;
  /** u_hj likewise. */
  score(op: OpOf<"scores">, site: Site, element: number, sums: readonly number[]): number;
  /** y_hd likewise. */
  mixed(op: OpOf<"mix">, site: Site, element: number, sums: readonly number[]): number;
  /** Point of an exponential's table, from a score and the greatest. */
  exponentPoint(op: OpOf<"exponent">, score: number, max: number): number;
  /** Point of a table of `points` sigmoids. */
  sigmoidPoint(op: OpOf<"sigmoid">, points: number, x: number): number;
}

const DEFINITIONS: { readonly [A in Arithmetic]: Definitions } = {
  float: floatDefinitions,
  integer: integerDefinitions,
};

export function definitionsOf({ arithmetic }: Pick<Program, "arithmetic">): Definitions {
  return DEFINITIONS[arithmetic];
}
