import type { Op } from "../program/Op.js";
import { accumulator, digit, fl } from "./arithmetic.js";
import type { Kernel, Site } from "./Kernel.js";

/** Σ a_i · b_i of equally many digits, exact. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += digit(a[i]!) * digit(b[i]!);
  return accumulator(sum);
}

/**
 * t of `linear`: the sums of products of digits, each rounded and multiplied by c, put together.
 * @param sums a_km at k · secondDigits + m.
 */
export function joinDigits(sums: readonly number[], firstDigits: number, secondDigits: number, c: number): number {
  let t: number | undefined;
  for (let k = 0; k < firstDigits; k++) {
    for (let m = 0; m < secondDigits; m++) {
      const a = fl(accumulator(sums[k * secondDigits + m]!));
      const p = fl(fl(a * c) * 128 ** -(k + m));
      t = t === undefined ? p : fl(t + p);
    }
  }
  return t!;
}

export function linear(op: Op & { kind: "linear" }, site: Site): Kernel {
  const { columns, high, low, scales } = site.table(op.weights, "matrix");
  const weights = low === undefined ? [high] : [high, low];
  const q = op.q.map((digits) => site.row(digits));
  return (n) => {
    const sums = q.flatMap((digits) => weights.map((w) => dot(digits, w.subarray(n * columns, (n + 1) * columns))));
    return scaleOutput(op, site, n, joinDigits(sums, q.length, weights.length, scales[n]!));
  };
}

/** y_n from t_n. */
export function scaleOutput(op: Op & { kind: "linear" }, site: Site, n: number, t: number): number {
  const y = fl(t * site.row(op.scale)[0]!);
  return op.bias === undefined ? y : fl(y + site.table(op.bias, "floats").data[n]!);
}
