import type { Op } from "../program/Op.js";
import type { Lowering, Segment } from "./Lowering.js";
import { ROWS } from "./Lowering.js";

/** @param cuts ends of the segments in which the result is wanted */
export function emitLinear(
  lowering: Lowering,
  op: Extract<Op, { kind: "linear" }>,
  cuts: readonly number[],
): readonly Segment[] {
  const { graph, forms } = lowering;
  const scale = lowering.reshape(lowering.whole(op.scale), [ROWS, 1]);
  const codes = op.q.map((digit) => lowering.whole(digit));
  return cuts.map((to, i) => {
    const from = cuts[i - 1] ?? 0;
    const y = graph.mul(forms.codes.linear(lowering, codes, op.weights, from, to), scale);
    if (op.bias === undefined) return { from, to, value: y };
    const bias = cuts.length === 1 ? lowering.vector(op.bias) : lowering.vector(op.bias, from, to);
    return { from, to, value: graph.add(y, bias) };
  });
}
