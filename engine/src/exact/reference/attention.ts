import type { AttentionShape, Op } from "../program/Op.js";
import { accumulator, assertBound, exactSum, fl, gridConstant } from "./arithmetic.js";
import type { Kernel, Site } from "./Kernel.js";
import { dot, joinDigits } from "./linear.js";
import type { Row } from "./Row.js";
import { visibleKeys } from "./shapes.js";

/** Heads of a `qkv` row: queries, then keys, then values. */
export function keyHead(shape: AttentionShape, head: number): number {
  return shape.heads + Math.floor(head / (shape.heads / shape.kvHeads));
}

export function valueHead(shape: AttentionShape, head: number): number {
  return keyHead(shape, head) + shape.kvHeads;
}

export function headOf(row: Row, head: number, size: number): Row {
  return row.subarray(head * size, (head + 1) * size);
}

export function scores(op: Op & { kind: "scores" }, site: Site): Kernel {
  return (element) => scoreOf(op, site, element, scoreSums(op, site, element));
}

/** Sums of products of a query's digits and a key's, of every pair of them. */
export function scoreSums({ qkv, shape }: Op & { kind: "scores" }, site: Site, element: number): number[] {
  const { from, count } = visibleKeys(shape.window, site.position);
  const head = Math.floor(element / count);
  const j = from + (element % count);
  const queries = qkv.map((digits) => headOf(site.row(digits), head, shape.headDim));
  const keys = qkv.map((digits) => headOf(site.row(digits, j), keyHead(shape, head), shape.headDim));
  return queries.flatMap((q) => keys.map((k) => dot(q, k)));
}

/** u_hj from its sums of products of digits. */
export function scoreOf(op: Op & { kind: "scores" }, site: Site, element: number, sums: readonly number[]): number {
  const { from, count } = visibleKeys(op.shape.window, site.position);
  const head = Math.floor(element / count);
  const keyScale = site.row(op.scale, from + (element % count))[keyHead(op.shape, head)]!;
  const t = joinDigits(sums, op.qkv.length, op.qkv.length, keyScale);
  const score = fl(t * site.row(op.scale)[head]!);
  assertBound(
    Math.abs(score) < 2 ** (22 - op.gridBits),
    `a score is below 2^${22 - op.gridBits}, where the grid ends`,
    score,
  );
  return fl(score + gridConstant(op.gridBits));
}

export function scoreMax(op: Op & { kind: "scoreMax" }, site: Site): Kernel {
  const u = site.row(op.scores);
  const { count } = visibleKeys(windowOf(op.scores, site), site.position);
  return (head) => greatest(headOf(u, head, count) as Float32Array);
}

export function greatest(u: Float32Array): number {
  let max = Number.NEGATIVE_INFINITY;
  for (const element of u) max = Math.max(max, fl(element));
  return max;
}

export function exponent(op: Op & { kind: "exponent" }, site: Site): Kernel {
  const u = site.row(op.scores);
  const max = site.row(op.max);
  const { data } = site.table(op.table, "integers");
  const count = u.length / max.length;
  return (element) => {
    const index = exponentPoint(op.gridBits, max[Math.floor(element / count)]!, u[element]!);
    return index < data.length ? data[index]! : 0;
  };
}

/** Point of the exponentials' grid between a score and the greatest. */
export function exponentPoint(gridBits: number, max: number, score: number): number {
  const point = fl(max - score) * 2 ** gridBits;
  assertBound(Number.isInteger(point) && point >= 0, "an exponent's argument is on its grid", point);
  return point;
}

export function sum(op: Op & { kind: "sum" }, site: Site): Kernel {
  const e = site.row(op.x);
  const { count } = visibleKeys(windowOf(op.x, site), site.position);
  return (head) => total(headOf(e, head, count));
}

export function total(e: ArrayLike<number>): number {
  let z = 0;
  for (let i = 0; i < e.length; i++) z += e[i]!;
  return exactSum(z);
}

export function weigh(op: Op & { kind: "weigh" }, site: Site): Kernel {
  const e = site.row(op.exponents);
  const { from, count } = visibleKeys(op.shape.window, site.position);
  return (element) => {
    const head = Math.floor(element / count);
    return fl(e[element]! * site.row(op.scale, from + (element % count))[valueHead(op.shape, head)]!);
  };
}

export function mix(op: Op & { kind: "mix" }, site: Site): Kernel {
  const sums = mixSums(op, site);
  return (element) => mixed(op, site, element, sums(element));
}

/** Sums over keys of products of digits of weights and values, of every pair of them, for each element. */
export function mixSums(op: Op & { kind: "mix" }, site: Site): (element: number) => number[] {
  const { shape } = op;
  const { from, count } = visibleKeys(shape.window, site.position);
  const weights = op.weights.map((digits) => site.row(digits));
  const values = op.qkv.map((digits) => Array.from({ length: count }, (_, j) => site.row(digits, from + j)));
  return (element) => {
    const head = Math.floor(element / shape.headDim);
    const at = valueHead(shape, head) * shape.headDim + (element % shape.headDim);
    return weights.flatMap((p) =>
      values.map((v) =>
        weighted(
          headOf(p, head, count),
          v.map((row) => row[at]!),
        ),
      ),
    );
  };
}

/** Σ p_j · v_j, exact. */
export function weighted(p: ArrayLike<number>, v: ArrayLike<number>): number {
  let a = 0;
  for (let j = 0; j < p.length; j++) a += p[j]! * v[j]!;
  return accumulator(a);
}

/** y_hd from its sums of products of digits. */
export function mixed(op: Op & { kind: "mix" }, site: Site, element: number, sums: readonly number[]): number {
  const head = Math.floor(element / op.shape.headDim);
  const t = joinDigits(sums, op.weights.length, op.qkv.length, 1);
  const z = site.row(op.sum)[head]!;
  assertBound(z > 0, "a sum of exponentials is positive", z);
  return fl(t * fl(site.row(op.weightScale)[head]! / fl(exactSum(z))));
}

export function windowOf(value: number, site: Site): number | null {
  const shape = site.shape(value);
  return shape.keyed ? shape.window : null;
}
