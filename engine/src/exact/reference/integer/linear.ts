import type { IntegerOp } from "../../program/IntegerOp.js";
import type { Kernel, Site } from "../Kernel.js";
import { dot } from "../linear.js";
import { constant, exact, joined, shifted } from "./arithmetic.js";

export function linear(op: IntegerOp<"linear">, site: Site): Kernel {
  const { columns, high, low } = site.table(op.weights, "matrix");
  const weights = low === undefined ? [high] : [high, low];
  const q = op.q.map((digits) => site.row(digits));
  return (n) => {
    const row = (w: Int8Array) => w.subarray(n * columns, (n + 1) * columns);
    return outputOf(
      op,
      site,
      n,
      q.flatMap((digits) => weights.map((w) => dot(digits, row(w)))),
    );
  };
}

/** y_n from its sums of products of digits. */
export function outputOf(op: IntegerOp<"linear">, site: Site, n: number, sums: readonly number[]): number {
  const { scales } = site.table(op.weights, "matrix");
  const t = shifted(joined(sums, op.q.length) * constant(scales[n]!), op.shift);
  const y = shifted(t * site.row(op.scale)[0]!, op.scaleShift);
  return op.bias === undefined ? y : exact(y + constant(site.table(op.bias, "floats").data[n]!));
}
