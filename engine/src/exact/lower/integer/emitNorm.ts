import type { IntegerOp } from "../../program/IntegerOp.js";
import type { ValueId } from "../../program/Op.js";
import { type Lowering, ROWS } from "../Lowering.js";
import { floorRoot, quotient, scaledProduct, shifted, timesTable } from "./integerNodes.js";

export function emitNormScale(lowering: Lowering, id: ValueId, op: IntegerOp<"normScale">): void {
  const { graph } = lowering;
  const steps = lowering.segments(op.squaresScale);
  lowering.set(
    id,
    lowering.segments(op.squares).map((segment, i) => {
      const step = steps[i]!.value;
      const epsilon = quotient(lowering, quotient(lowering, graph.scalar(op.epsilon), step), step);
      const root = floorRoot(lowering, graph.add(shifted(lowering, segment.value, -op.squareBits), epsilon));
      const inverse = quotient(lowering, graph.scalar(2 ** op.rootBits), root);
      // s · inverse ÷ s is the inverse itself.
      if ("scale" in op.by && op.by.scale === op.squaresScale) return { ...segment, value: inverse };
      const by = "scale" in op.by ? lowering.segments(op.by.scale)[i]!.value : graph.scalar(op.by.numerator);
      return { ...segment, value: quotient(lowering, graph.mul(inverse, by), step) };
    }),
  );
}

export function emitNormHeads(lowering: Lowering, id: ValueId, op: IntegerOp<"normHeads">): void {
  const { rows, columns } = lowering.floats(op.vector);
  const factors = lowering.segments(op.scale);
  lowering.set(
    id,
    lowering.segments(op.x).map((segment, i) => {
      const { from, to, value } = segment;
      if (from >= rows * columns) return segment;
      if (to > rows * columns) throw new Error("normHeads needs its heads in segments of their own");
      const heads = (to - from) / columns;
      const byHead = lowering.reshape(value, [ROWS, heads, columns]);
      const factor = lowering.reshape(factors[i]!.value, [ROWS, heads, 1]);
      const normed = scaledProduct(lowering, byHead, factor, op.shift);
      const vector = { table: op.vector, from, to, shape: [heads, columns] };
      return { ...segment, value: timesTable(lowering, normed, vector, op.vectorShift) };
    }),
  );
}
