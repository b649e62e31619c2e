import { type IntegerOp, ROTARY_BITS } from "../../program/IntegerOp.js";
import type { ValueId } from "../../program/Op.js";
import { emitTurned } from "../emitRows.js";
import type { Lowering } from "../Lowering.js";
import { clip, lookUp, product, rounded, scaled, shifted, timesTable } from "./integerNodes.js";

export function emitMultiplyChannels(lowering: Lowering, id: ValueId, op: IntegerOp<"multiplyChannels">): void {
  lowering.map(id, op.x, ({ from, to, value }) =>
    timesTable(lowering, value, { table: op.vector, from, to }, op.shift),
  );
}

/** Cosines and sines are fed as integers: one factor of 2^-14 serves all heads. */
export function emitRotate(lowering: Lowering, id: ValueId, op: IntegerOp<"rotate">): void {
  emitTurned(
    lowering,
    id,
    op,
    (angles) => scaled(lowering, angles, -ROTARY_BITS),
    (sum) => rounded(lowering, sum, ROTARY_BITS),
  );
}

/** Index t + half of the table; beyond its ends, its ends. */
export function emitSigmoid(lowering: Lowering, id: ValueId, op: IntegerOp<"sigmoid">): void {
  const { graph } = lowering;
  const table = lowering.integers(op.table);
  const half = (table.length - 1) / 2;
  const t = shifted(lowering, lowering.part(op.x, 0, op.width), op.shift);
  const index = graph.add(clip(lowering, t, -half, half), graph.scalar(half));
  lowering.setWhole(id, op.width, lookUp(lowering, op.table, Float64Array.from(table), index));
}

export function emitGate(lowering: Lowering, id: ValueId, op: IntegerOp<"gate">): void {
  const sigmoid = lowering.whole(op.sigmoid);
  const width = sigmoid.shape[1] as number;
  const gate = product(lowering, lowering.part(op.x, 0, width), sigmoid, op.shift);
  lowering.setWhole(id, width, product(lowering, gate, lowering.part(op.x, width, 2 * width), op.upShift));
}

export function emitActivate(lowering: Lowering, id: ValueId, op: IntegerOp<"activate">): void {
  lowering.map(id, op.x, ({ value }) => product(lowering, value, lowering.whole(op.sigmoid), op.shift));
}
