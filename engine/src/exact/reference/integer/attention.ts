import type { IntegerOp } from "../../program/IntegerOp.js";
import { assertBound } from "../arithmetic.js";
import { headOf, keyHead, mixSums, scoreSums, valueHead, windowOf } from "../attention.js";
import type { Kernel, Site } from "../Kernel.js";
import { visibleKeys } from "../shapes.js";
import { exact, integerSum, joined, quotient, shifted } from "./arithmetic.js";

export function scores(op: IntegerOp<"scores">, site: Site): Kernel {
  return (element) => scoreOf(op, site, element, scoreSums(op, site, element));
}

/** u_hj from its sums of products of digits. */
export function scoreOf(op: IntegerOp<"scores">, site: Site, element: number, sums: readonly number[]): number {
  const { from, count } = visibleKeys(op.shape.window, site.position);
  const head = Math.floor(element / count);
  const keyScale = site.row(op.scale, from + (element % count))[keyHead(op.shape, head)]!;
  const t = shifted(joined(sums, op.qkv.length) * keyScale, op.shift);
  return shifted(t * site.row(op.scale)[head]!, op.scaleShift);
}

export function scoreMax(op: IntegerOp<"scoreMax">, site: Site): Kernel {
  const u = site.row(op.scores);
  const { count } = visibleKeys(windowOf(op.scores, site), site.position);
  return (head) => greatest(headOf(u, head, count));
}

export function greatest(u: ArrayLike<number>): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let j = 0; j < u.length; j++) max = Math.max(max, u[j]!);
  return max;
}

export function exponent(op: IntegerOp<"exponent">, site: Site): Kernel {
  const u = site.row(op.scores);
  const max = site.row(op.max);
  const { data } = site.table(op.table, "integers");
  const count = u.length / max.length;
  return (element) => {
    const point = exponentPoint(u[element]!, max[Math.floor(element / count)]!);
    return point < data.length ? data[point]! : 0;
  };
}

/** Point of the exponentials' table between a score and the greatest. */
export function exponentPoint(score: number, max: number): number {
  const point = max - score;
  assertBound(point >= 0, "no score is above the greatest", point);
  return point;
}

export function sum(op: IntegerOp<"sum">, site: Site): Kernel {
  const e = site.row(op.x);
  const { count } = visibleKeys(windowOf(op.x, site), site.position);
  return (head) => total(headOf(e, head, count));
}

export function total(e: ArrayLike<number>): number {
  let z = 0;
  for (let j = 0; j < e.length; j++) z += e[j]!;
  return integerSum(z);
}

export function weigh(op: IntegerOp<"weigh">, site: Site): Kernel {
  const e = site.row(op.exponents);
  const { from, count } = visibleKeys(op.shape.window, site.position);
  return (element) => {
    const head = Math.floor(element / count);
    const scale = site.row(op.scale, from + (element % count))[valueHead(op.shape, head)]!;
    return shifted(e[element]! * scale, op.shift);
  };
}

export function mix(op: IntegerOp<"mix">, site: Site): Kernel {
  const sums = mixSums(op, site);
  return (element) => mixed(op, site, element, sums(element));
}

/** y_hd from its sums of products of digits. */
export function mixed(op: IntegerOp<"mix">, site: Site, element: number, sums: readonly number[]): number {
  const head = Math.floor(element / op.shape.headDim);
  const scale = exact(site.row(op.weightScale)[head]! * 2 ** op.sumBits);
  return shifted(joined(sums, op.weights.length) * quotient(scale, site.row(op.sum)[head]!), op.shift);
}
