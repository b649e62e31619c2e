import type { IntegerOp } from "../../program/IntegerOp.js";
import { type Lowering, ROWS, type Segment } from "../Lowering.js";
import { joined, scaledProduct, timesTable } from "./integerNodes.js";

/** @param cuts ends of the segments in which the result is wanted */
export function emitLinear(lowering: Lowering, op: IntegerOp<"linear">, cuts: readonly number[]): readonly Segment[] {
  const { graph, forms } = lowering;
  const scale = lowering.reshape(lowering.whole(op.scale), [ROWS, 1]);
  const codes = op.q.map((digit) => lowering.whole(digit));
  return cuts.map((to, i) => {
    const from = cuts[i - 1] ?? 0;
    const sums = joined(lowering, forms.codes.linearSums(lowering, codes, op.weights, from, to));
    const t = timesTable(lowering, sums, { table: op.weights, from, to }, op.shift);
    const y = scaledProduct(lowering, t, scale, op.scaleShift);
    if (op.bias === undefined) return { from, to, value: y };
    const bias = cuts.length === 1 ? lowering.vector(op.bias) : lowering.vector(op.bias, from, to);
    return { from, to, value: graph.add(y, bias) };
  });
}
