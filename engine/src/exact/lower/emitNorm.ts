/** Norms: sums of squares of codes, the factors made of them, and the norm of heads. */
import type { Value } from "../../onnx/graph.js";
import type { Op, ValueId } from "../program/Op.js";
import { type Lowering, ROWS, rowsOf } from "./Lowering.js";

type OpOf<K extends Op["kind"]> = Extract<Op, { kind: K }>;

/** @param numbers digits as what the program computes with */
export function emitSumSquares(
  lowering: Lowering,
  id: ValueId,
  op: OpOf<"sumSquares">,
  width: number,
  numbers: (digits: Value) => Value,
): void {
  const { graph } = lowering;
  const perGroup = width / op.groups;
  lowering.set(
    id,
    lowering.segments(op.q).map(({ from, to, value }) => {
      const groups = (to - from) / perGroup;
      const integers = numbers(lowering.reshape(value, [rowsOf(groups), perGroup]));
      const sum = graph.reduceSum(graph.mul(integers, integers), [1], "drop");
      return { from: from / perGroup, to: to / perGroup, value: sum };
    }),
  );
}

export function emitNormScale(lowering: Lowering, id: ValueId, op: OpOf<"normScale">): void {
  const { graph } = lowering;
  const steps = lowering.segments(op.squaresScale);
  lowering.set(
    id,
    lowering.segments(op.squares).map((segment, i) => {
      const step = steps[i]!.value;
      const mean = graph.mul(graph.mul(step, step), segment.value);
      const root = graph.sqrt(graph.add(mean, graph.scalar(op.epsilon)));
      const by = "scale" in op.by ? lowering.segments(op.by.scale)[i]!.value : graph.scalar(op.by.numerator);
      return { ...segment, value: graph.div(by, root) };
    }),
  );
}

export function emitNormHeads(lowering: Lowering, id: ValueId, op: OpOf<"normHeads">): void {
  const { graph } = lowering;
  const { rows, columns, data } = lowering.floats(op.vector);
  const factors = lowering.segments(op.scale);
  lowering.set(
    id,
    lowering.segments(op.x).map((segment, i) => {
      const { from, to, value } = segment;
      if (from >= rows * columns) return segment;
      if (to > rows * columns) throw new Error("normHeads needs its heads in segments of their own");
      const heads = (to - from) / columns;
      const vector = graph.constant(`${op.vector}.${from}`, data.slice(from, to), [heads, columns]);
      const byHead = lowering.reshape(value, [ROWS, heads, columns]);
      const scaled = graph.mul(byHead, lowering.reshape(factors[i]!.value, [ROWS, heads, 1]));
      return { ...segment, value: graph.mul(scaled, vector) };
    }),
  );
}
