/** Scales of groups and the codes of their elements. */
import type { Value } from "../../onnx/graph.js";
import { type Op, SCALE_GUARD, type ValueId } from "../program/Op.js";
import type { Program } from "../program/Program.js";
import type { CodeRows, Side } from "./codes/CodeForm.js";
import { type Lowering, ROWS, rowsOf, type Segment } from "./Lowering.js";

type OpOf<K extends Op["kind"]> = Extract<Op, { kind: K }>;

/** From which side the codes of a segment are multiplied. */
export type SideOf = (segment: Segment) => Side;

export function emitRowScale(lowering: Lowering, id: ValueId, op: OpOf<"rowScale">, width: number): void {
  const { graph } = lowering;
  const perGroup = width / op.groups;
  const segments = lowering.segments(op.x).map(({ from, to, value }): Segment => {
    const groups = (to - from) / perGroup;
    const rows = lowering.reshape(value, [rowsOf(groups), perGroup]);
    const magnitude = graph.custom("Abs", [rows], "float32", rows.shape);
    const max = graph.custom("ReduceMax", [magnitude, graph.integers([1])], "float32", [rowsOf(groups)], {
      attributes: { keepdims: 0 },
    });
    let guarded = graph.custom("Max", [max, graph.scalar(SCALE_GUARD)], "float32", max.shape);
    if (op.limit !== undefined) guarded = limited(lowering, guarded, op.limit, from / perGroup, to / perGroup);
    return { from: from / perGroup, to: to / perGroup, value: graph.div(guarded, graph.scalar(op.levels)) };
  });
  lowering.set(id, segments);
}

function limited(lowering: Lowering, max: Value, table: string, from: number, to: number): Value {
  const groups = to - from;
  const rows = lowering.reshape(max, [ROWS, groups]);
  const limits = lowering.vector(table, from, to);
  const least = lowering.graph.custom("Min", [rows, limits], "float32", [ROWS, groups]);
  return lowering.reshape(least, [rowsOf(groups)]);
}

export function emitQuantize(lowering: Lowering, id: ValueId, op: OpOf<"quantize">, sideOf: SideOf): void {
  const range = rangeOf(lowering.program, op);
  lowering.set(
    id,
    rowsOfCodes(lowering, op, sideOf).map(({ segment, rows }) => ({
      ...segment,
      value: lowering.forms.codes.quantize(lowering, rows, range),
    })),
  );
}

export function emitQuantizeUnsigned(lowering: Lowering, id: ValueId, op: OpOf<"quantizeUnsigned">): void {
  lowering.set(
    id,
    rowsOfCodes(lowering, op, () => "left").map(({ segment, rows }) => ({
      ...segment,
      value: lowering.forms.codes.quantizeUnsigned(lowering, rows),
    })),
  );
}

/** Only a scale that is the row's own greatest magnitude leaves nothing to clamp. */
export function rangeOf({ ops }: Program, op: OpOf<"quantize">): "within" | "beyond" {
  const scale = ops[op.scale]!;
  const own = scale.kind === "rowScale" && scale.x === op.x && scale.limit === undefined && scale.levels <= 127;
  return own ? "within" : "beyond";
}

export function emitQuantizeRest(lowering: Lowering, id: ValueId, op: OpOf<"quantizeRest">, sideOf: SideOf): void {
  const highs = lowering.segments(op.high);
  lowering.set(
    id,
    rowsOfCodes(lowering, op, sideOf).map(({ segment, rows }, i) => ({
      ...segment,
      value: lowering.forms.codes.quantizeRest(lowering, rows, highs[i]!.value),
    })),
  );
}

/** Rows of each segment for the quantiser, with their scales. */
export function rowsOfCodes(
  lowering: Lowering,
  op: { readonly x: ValueId; readonly scale: ValueId },
  sideOf: SideOf,
): { readonly segment: Segment; readonly rows: CodeRows }[] {
  const scales = lowering.segments(op.scale);
  return lowering.segments(op.x).map((segment, i) => {
    const { from, to, value: scale } = scales[i]!;
    const groups = to - from;
    const x = lowering.reshape(segment.value, [rowsOf(groups), (segment.to - segment.from) / groups]);
    return { segment, rows: { x, scale, groups, side: sideOf(segment) } };
  });
}
