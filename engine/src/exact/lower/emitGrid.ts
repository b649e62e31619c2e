/**
 * Functions on a grid: the argument is rounded to multiples of 2^-gridBits, the result to an integer. Either the
 * device's own exp and sigmoid, which a conformance run has held against the table at every point, or the table itself.
 */
import type { Value } from "../../onnx/graph.js";
import type { Op } from "../program/Op.js";
import type { Lowering } from "./Lowering.js";

export type GridForm = "function" | "table";

/** x + this − this rounds x, |x| < 2^22, to an integer, half to even. */
const ROUND = 1.5 * 2 ** 23;

/** x + this rounds x to the grid; the sum stays on it up to |x| = 2^(22 − gridBits). */
export function gridConstant(gridBits: number): number {
  return ROUND / 2 ** gridBits;
}

/** e of scores `[…, keys]` and their maximum `[…, 1]`, both on the grid. */
export function emitExponent(
  lowering: Lowering,
  scores: Value,
  max: Value,
  op: Extract<Op, { kind: "exponent" }>,
  form: GridForm,
): Value {
  const { graph } = lowering;
  const table = lowering.integers(op.table);
  if (form === "function") {
    // Moving the maximum by the peak, which is on the grid as well, costs less than multiplying every exponential.
    const peak = Math.round(Math.log(table[0]!) * 2 ** op.gridBits) / 2 ** op.gridBits;
    return roundToInteger(lowering, graph.exp(graph.sub(scores, graph.sub(max, graph.scalar(peak)))));
  }
  // Index 0 to length − 1, then one entry of zero for all that lies beyond.
  const t = graph.sub(max, scores);
  const index = graph.custom(
    "Min",
    [graph.mul(t, graph.scalar(2 ** op.gridBits)), graph.scalar(table.length)],
    "float32",
    t.shape,
  );
  return lookUp(lowering, `${op.table}.f32`, Float32Array.of(...table, 0), index);
}

export function emitSigmoid(
  lowering: Lowering,
  id: number,
  op: Extract<Op, { kind: "sigmoid" }>,
  form: GridForm,
): void {
  const { graph } = lowering;
  const x = lowering.part(op.x, 0, op.width);
  const table = lowering.integers(op.table);
  const constant = graph.scalar(gridConstant(op.gridBits));
  const t = graph.sub(graph.add(x, constant), constant);
  if (form === "function") {
    const levels = graph.scalar(table[table.length - 1]!);
    lowering.setWhole(id, op.width, roundToInteger(lowering, graph.mul(graph.sigmoid(t), levels)));
    return;
  }
  const half = (table.length - 1) / 2;
  const scaled = graph.mul(t, graph.scalar(2 ** op.gridBits));
  const clamped = graph.custom("Clip", [scaled, graph.scalar(-half), graph.scalar(half)], "float32", x.shape);
  const index = graph.add(clamped, graph.scalar(half));
  lowering.setWhole(id, op.width, lookUp(lowering, `${op.table}.f32`, Float32Array.from(table), index));
}

function roundToInteger(lowering: Lowering, x: Value): Value {
  const { graph } = lowering;
  return graph.sub(graph.add(x, graph.scalar(ROUND)), graph.scalar(ROUND));
}

function lookUp(lowering: Lowering, name: string, table: Float32Array, index: Value): Value {
  const { graph } = lowering;
  const constant = lowering.once(name, () => graph.constant(name, table, [table.length]));
  // TensorProto.DataType 7 is int64.
  const ids = graph.custom("Cast", [index], "int64", index.shape, { attributes: { to: 7 } });
  return graph.custom("Gather", [constant, ids], "float32", index.shape, { attributes: { axis: 0 } });
}
