import type { Value } from "../../../onnx/graph.js";
import { DIGIT_LEVELS, INTEGER_GUARD, type IntegerOp, PAIR_LEVELS, UNSIGNED_LEVELS } from "../../program/IntegerOp.js";
import type { ValueId } from "../../program/Op.js";
import type { CodeRows } from "../codes/CodeForm.js";
import { rowsOfCodes, type SideOf } from "../emitQuantize.js";
import { type Lowering, rowsOf, type Segment } from "../Lowering.js";
import { nearest } from "./integerNodes.js";

export function emitRowScale(lowering: Lowering, id: ValueId, op: IntegerOp<"rowScale">, width: number): void {
  const { graph } = lowering;
  const perGroup = width / op.groups;
  const segments = lowering.segments(op.x).map(({ from, to, value }): Segment => {
    const groups = (to - from) / perGroup;
    const rows = lowering.reshape(value, [rowsOf(groups), perGroup]);
    const magnitude = graph.custom("Abs", [rows], rows.type, rows.shape);
    const max = graph.custom("ReduceMax", [magnitude, graph.integers([1])], rows.type, [rowsOf(groups)], {
      attributes: { keepdims: 0 },
    });
    return { from: from / perGroup, to: to / perGroup, value: guarded(lowering, max) };
  });
  lowering.set(id, segments);
}

export function guarded(lowering: Lowering, max: Value): Value {
  const { graph } = lowering;
  return graph.custom("Max", [max, graph.scalar(INTEGER_GUARD)], max.type, max.shape);
}

export function emitQuantize(lowering: Lowering, id: ValueId, op: IntegerOp<"quantize">, side: SideOf): void {
  quantizeRows(lowering, id, op, side, (rows) => highCodes(lowering, rows));
}

export function emitQuantizeUnsigned(lowering: Lowering, id: ValueId, op: IntegerOp<"quantizeUnsigned">): void {
  const side: SideOf = () => "left";
  quantizeRows(lowering, id, op, side, (rows) => unsignedCodes(lowering, rows));
}

export function emitQuantizeRest(lowering: Lowering, id: ValueId, op: IntegerOp<"quantizeRest">, side: SideOf): void {
  const highs = lowering.segments(op.high);
  quantizeRows(lowering, id, op, side, (rows, i) => lowCodes(lowering, rows, highs[i]!.value));
}

export function highCodes(lowering: Lowering, { x, scale, side }: CodeRows): Value {
  return lowering.forms.codes.codes(lowering, nearest(lowering, x, scale, DIGIT_LEVELS), side);
}

export function unsignedCodes(lowering: Lowering, { x, scale }: CodeRows): Value {
  return lowering.forms.codes.codes(lowering, nearest(lowering, x, scale, UNSIGNED_LEVELS), "unsigned");
}

/** @param high codes of the high digit */
export function lowCodes(lowering: Lowering, { x, scale, side }: CodeRows, high: Value): Value {
  const { graph, forms } = lowering;
  const pair = nearest(lowering, x, scale, PAIR_LEVELS);
  const known = graph.mul(forms.codes.integers(lowering, high, side), graph.scalar(128));
  return forms.codes.codes(lowering, graph.sub(pair, known), side);
}

function quantizeRows(
  lowering: Lowering,
  id: ValueId,
  op: { readonly x: ValueId; readonly scale: ValueId },
  side: SideOf,
  codes: (rows: CodeRows, i: number) => Value,
): void {
  const rows = rowsOfCodes(lowering, op, side);
  lowering.set(
    id,
    rows.map(({ segment, rows: of }, i) => ({ ...segment, value: codes(of, i) })),
  );
}
