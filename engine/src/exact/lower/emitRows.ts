/** Operations on rows: scales and codes, norms, rotation, activations. One ONNX node for each rounding. */
import type { Value } from "../../onnx/graph.js";
import { type Op, SCALE_GUARD } from "../program/Op.js";
import { type Lowering, ROWS, rowsOf, type Segment } from "./Lowering.js";

type OpOf<K extends Op["kind"]> = Extract<Op, { kind: K }>;

export function emitRowScale(lowering: Lowering, id: number, op: OpOf<"rowScale">, width: number): void {
  const { graph } = lowering;
  const perGroup = width / op.groups;
  const segments = lowering.segments(op.x).map(({ from, to, value }): Segment => {
    const groups = (to - from) / perGroup;
    const rows = groups === 1 ? value : lowering.reshape(value, [rowsOf(groups), perGroup]);
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
  const { graph } = lowering;
  const groups = to - from;
  const limits = lowering.once(`${table}.${from}`, () =>
    graph.constant(`${table}.${from}`, lowering.floats(table).data.slice(from, to), [groups]),
  );
  const rows = lowering.reshape(max, [ROWS, groups]);
  return lowering.reshape(graph.custom("Min", [rows, limits], "float32", [ROWS, groups]), [rowsOf(groups)]);
}

/** Codes as uint8 around 128; `signed` segments as int8, which kernels want of keys and values. */
export function emitQuantize(
  lowering: Lowering,
  id: number,
  op: OpOf<"quantize">,
  isSigned: (segment: Segment) => boolean,
): void {
  const scales = lowering.segments(op.scale);
  lowering.set(
    id,
    lowering.segments(op.x).map((segment, i) => {
      const { from, to } = scales[i]!;
      return { ...segment, value: codesOf(lowering, segment, scales[i]!.value, to - from, isSigned(segment)) };
    }),
  );
}

export function emitQuantizeRest(
  lowering: Lowering,
  id: number,
  op: OpOf<"quantizeRest">,
  isSigned: (segment: Segment) => boolean,
): void {
  const { graph } = lowering;
  const scales = lowering.segments(op.scale);
  const highs = lowering.segments(op.high);
  lowering.set(
    id,
    lowering.segments(op.x).map((segment, i) => {
      const groups = scales[i]!.to - scales[i]!.from;
      const scale = scales[i]!.value;
      const signed = isSigned(segment);
      const zero = signed ? [] : [lowering.zeroPoints(groups)];
      const high = highs[i]!.value;
      const known = graph.custom("DequantizeLinear", [high, scale, ...zero], "float32", high.shape, {
        attributes: { axis: 0 },
      });
      const x = lowering.reshape(segment.value, high.shape);
      const step = graph.mul(scale, graph.scalar(1 / 128));
      return { ...segment, value: codesOf(lowering, { ...segment, value: graph.sub(x, known) }, step, groups, signed) };
    }),
  );
}

function codesOf(
  lowering: Lowering,
  { from, to, value }: Segment,
  scale: Value,
  groups: number,
  signed: boolean,
): Value {
  const { graph } = lowering;
  const shape = [rowsOf(groups), (to - from) / groups];
  const rows = lowering.reshape(value, shape);
  if (signed) {
    // Output type 3 is int8: without a zero point there is nothing else to tell it by.
    return graph.custom("QuantizeLinear", [rows, scale], "int8", shape, { attributes: { axis: 0, output_dtype: 3 } });
  }
  const inputs = [rows, scale, lowering.zeroPoints(groups)];
  return graph.custom("QuantizeLinear", inputs, "uint8", shape, { attributes: { axis: 0 } });
}

export function emitSumSquares(lowering: Lowering, id: number, op: OpOf<"sumSquares">): void {
  const { graph } = lowering;
  let at = 0;
  lowering.set(
    id,
    lowering.segments(op.q).map(({ value }) => {
      const integers = graph.custom(
        "DequantizeLinear",
        [value, lowering.one(), lowering.zeroPoint()],
        "float32",
        value.shape,
      );
      const sum =
        lowering.form === "pass"
          ? graph.reduceSum(graph.mul(integers, integers), [1], "drop")
          : graph.custom("ReduceSumSquare", [integers, graph.integers([1])], "float32", [value.shape[0]!], {
              attributes: { keepdims: 0 },
            });
      const groups = groupsOf(value);
      const from = at;
      at += groups;
      return { from, to: at, value: sum };
    }),
  );
}

/** Groups of a tensor whose first extent is R · groups. */
function groupsOf({ shape }: Value): number {
  const [, groups = "1"] = String(shape[0]).split("*");
  return Number(groups);
}

export function emitNormScale(lowering: Lowering, id: number, op: OpOf<"normScale">): void {
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

export function emitMultiplyChannels(lowering: Lowering, id: number, op: OpOf<"multiplyChannels">): void {
  const { graph } = lowering;
  const { data } = lowering.floats(op.vector);
  const vector = graph.constant(op.vector, data, [data.length]);
  lowering.map(id, op.x, ({ value }) => graph.mul(value, vector));
}

export function emitAdd(lowering: Lowering, id: number, op: OpOf<"add">): void {
  lowering.map(id, op.x, ({ from, to, value }) => lowering.graph.add(value, lowering.part(op.y, from, to)));
}

export function emitNormHeads(lowering: Lowering, id: number, op: OpOf<"normHeads">): void {
  const { graph } = lowering;
  const table = lowering.floats(op.vector);
  const factors = lowering.segments(op.scale);
  lowering.set(
    id,
    lowering.segments(op.x).map((segment, i) => {
      const { from, to, value } = segment;
      const heads = (to - from) / table.columns;
      if (from >= table.rows * table.columns) return segment;
      if (to > table.rows * table.columns) throw new Error("normHeads needs its heads in segments of their own");
      const vector = graph.constant(`${op.vector}.${from}`, table.data.slice(from, to), [heads, table.columns]);
      const rows = lowering.reshape(value, [ROWS, heads, table.columns]);
      const scaled = graph.mul(rows, lowering.reshape(factors[i]!.value, [ROWS, heads, 1]));
      return { ...segment, value: lowering.reshape(graph.mul(scaled, vector), [ROWS, to - from]) };
    }),
  );
}

/**
 * Cosines and signed sines are fed, the sine of each first half negated: `[R, 1, 2, headDim/2]`, for all heads alike,
 * or `[R, heads, 2, headDim/2]` with cosine 1 and sine 0 for the heads that do not turn, where a row lies in one tensor.
 */
export function emitRotate(lowering: Lowering, id: number, op: OpOf<"rotate">): void {
  const { graph } = lowering;
  const headDim = lowering.floats(op.table).columns;
  const half = headDim / 2;
  const turned = op.groups * headDim;
  lowering.map(id, op.x, ({ from, to, value }) => {
    if (from >= turned) return value;
    const heads = (to - from) / headDim;
    const rows = to > turned ? heads : 1;
    const angles = (name: string): Value =>
      lowering.once(name, () => graph.input(name, "float", [ROWS, rows, 2, half]));
    const halves = lowering.reshape(value, [ROWS, heads, 2, half]);
    const swapped = graph.custom("Gather", [halves, graph.integers([1, 0])], "float32", halves.shape, {
      attributes: { axis: 2 },
    });
    return graph.add(graph.mul(halves, angles("cos")), graph.mul(swapped, angles("sin")));
  });
}

export function emitCubic(lowering: Lowering, id: number, op: OpOf<"cubic">): void {
  const { graph } = lowering;
  lowering.map(id, op.x, ({ value }) => {
    const inner = graph.add(graph.mul(graph.mul(value, value), graph.scalar(op.a)), graph.scalar(op.b));
    return graph.mul(value, inner);
  });
}

export function emitGate(lowering: Lowering, id: number, op: OpOf<"gate">): void {
  const { graph } = lowering;
  const sigmoid = lowering.whole(op.sigmoid);
  const width = sigmoid.shape[1] as number;
  const x = lowering.part(op.x, 0, width);
  const product = graph.mul(graph.mul(x, sigmoid), lowering.part(op.x, width, 2 * width));
  lowering.setWhole(id, width, product);
}

export function emitActivate(lowering: Lowering, id: number, op: OpOf<"activate">): void {
  lowering.map(id, op.x, ({ value }) => lowering.graph.mul(value, lowering.whole(op.sigmoid)));
}
