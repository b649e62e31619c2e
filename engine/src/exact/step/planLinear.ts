import type { Op, ValueId } from "../program/Op.js";
import type { StepPlan, StepRun } from "./StepPlan.js";

/** Sums of each pair of digits, then what puts them together, in the order (0,0), (0,1), (1,0), (1,1). */
export function planLinear(plan: StepPlan, id: ValueId, op: Extract<Op, { kind: "linear" }>): StepRun {
  const { kernels } = plan;
  const { paddedRows: n, paddedColumns: k, digits: weights, scales } = plan.matrix(op.weights);
  const q = op.q.map((digit) => plan.pointer(digit));
  const r = plan.pointer(op.scale);
  const y = plan.place(id);
  const bias = op.bias === undefined ? 0 : plan.vector(op.bias);
  // By digit of q, then of the weights.
  const room = plan.room(q.flatMap(() => weights.map(() => 4 * n)));
  const sums = q.map((_, i) => room.slice(i * weights.length, (i + 1) * weights.length));
  const [q0, q1] = q as [number, number?];
  return () => {
    for (const [m, w] of weights.entries()) {
      if (q1 === undefined) kernels.dots(q0, w, k, 0, n, sums[0]![m]!);
      else kernels.dotsOfTwo(q0, q1, w, k, 0, n, sums[0]![m]!, sums[1]![m]!);
    }
    kernels.firstPair(sums[0]![0]!, scales, n, y);
    for (let i = 0; i < q.length; i++) {
      for (let m = i === 0 ? 1 : 0; m < weights.length; m++) {
        kernels.nextPair(sums[i]![m]!, scales, 128 ** -(i + m), n, y);
      }
    }
    kernels.scaleRow(y, r, n, y);
    if (bias !== 0) kernels.add(y, bias, n, y);
  };
}
