/** Operations on the elements of rows: sums, factors, rotation, activations. One ONNX node for each rounding. */
import type { Value } from "../../onnx/graph.js";
import type { Op, ValueId } from "../program/Op.js";
import { type Lowering, ROWS } from "./Lowering.js";

type OpOf<K extends Op["kind"]> = Extract<Op, { kind: K }>;

export function emitMultiplyChannels(lowering: Lowering, id: ValueId, op: OpOf<"multiplyChannels">): void {
  lowering.map(id, op.x, ({ value }) => lowering.graph.mul(value, lowering.vector(op.vector)));
}

export function emitAdd(lowering: Lowering, id: ValueId, op: OpOf<"add">): void {
  lowering.map(id, op.x, ({ from, to, value }) => {
    const other = lowering.part(op.y, from, to);
    return lowering.graph.add(value, lowering.reshape(other, value.shape));
  });
}

export function emitRotate(lowering: Lowering, id: ValueId, op: OpOf<"rotate">): void {
  emitTurned(
    lowering,
    id,
    op,
    (angles) => angles,
    (sum) => sum,
  );
}

/**
 * Cosines and signed sines are fed, the sine of each first half negated: `[R, 1, 2, headDim/2]`, for all heads alike.
 * @param scale what is made of the angles first @param round what is made of the sum of both products
 */
export function emitTurned(
  lowering: Lowering,
  id: ValueId,
  op: OpOf<"rotate">,
  scale: (angles: Value) => Value,
  round: (sum: Value) => Value,
): void {
  const { graph } = lowering;
  const headDim = lowering.floats(op.table).columns;
  const half = headDim / 2;
  const turned = op.groups * headDim;
  const angles = (name: string): Value => scale(lowering.fed(name, [ROWS, 1, 2, half]));
  lowering.map(id, op.x, ({ from, to, value }) => {
    if (from >= turned) return value;
    if (to > turned) throw new Error("rotate needs its heads in segments of their own");
    const halves = lowering.reshape(value, [ROWS, (to - from) / headDim, 2, half]);
    const swapped = graph.custom("Gather", [halves, graph.integers([1, 0])], halves.type, halves.shape, {
      attributes: { axis: 2 },
    });
    return round(graph.add(graph.mul(halves, angles("cos")), graph.mul(swapped, angles("sin"))));
  });
}

export function emitCubic(lowering: Lowering, id: ValueId, op: OpOf<"cubic">): void {
  const { graph } = lowering;
  lowering.map(id, op.x, ({ value }) => {
    const inner = graph.add(graph.mul(graph.mul(value, value), graph.scalar(op.a)), graph.scalar(op.b));
    return graph.mul(value, inner);
  });
}

export function emitGate(lowering: Lowering, id: ValueId, op: OpOf<"gate">): void {
  const { graph } = lowering;
  const sigmoid = lowering.whole(op.sigmoid);
  const width = sigmoid.shape[1] as number;
  const x = lowering.part(op.x, 0, width);
  const product = graph.mul(graph.mul(x, sigmoid), lowering.part(op.x, width, 2 * width));
  lowering.setWhole(id, width, product);
}

export function emitActivate(lowering: Lowering, id: ValueId, op: OpOf<"activate">): void {
  lowering.map(id, op.x, ({ value }) => lowering.graph.mul(value, lowering.whole(op.sigmoid)));
}
