import { gridConstant } from "../lower/emitGrid.js";
import { type Op, SCALE_GUARD, type ValueId } from "../program/Op.js";
import { tableOf } from "../reference/shapes.js";
import type { StepPlan, StepRun } from "./StepPlan.js";

type OpOf<K extends Op["kind"]> = Extract<Op, { kind: K }>;

export function planRowScale(plan: StepPlan, id: ValueId, op: OpOf<"rowScale">): StepRun {
  const { kernels, keyed } = plan;
  const { groups, levels } = op;
  const out = plan.place(id);
  if (plan.isKeyed(op.x)) {
    const window = plan.windowOf(op.x);
    return ({ position }) => {
      const count = keyed.count(window, position);
      kernels.rowScale(keyed.weights, groups, count, keyed.stride, levels, SCALE_GUARD, 0, out);
    };
  }
  const x = plan.pointer(op.x);
  const size = plan.length(op.x) / groups;
  const limits = op.limit === undefined ? 0 : plan.vector(op.limit);
  return () => kernels.rowScale(x, groups, size, size, levels, SCALE_GUARD, limits, out);
}

export function planQuantize(
  plan: StepPlan,
  id: ValueId,
  op: OpOf<"quantize"> | OpOf<"quantizeUnsigned">,
  least: number,
  most: number,
): StepRun {
  const { kernels, keyed } = plan;
  const scale = plan.pointer(op.scale);
  const groups = plan.length(op.scale);
  if (plan.isKeyed(op.x)) {
    const window = plan.windowOf(op.x);
    return ({ position }) => {
      const count = keyed.count(window, position);
      const [digits] = keyed.digits;
      kernels.quantize(keyed.weights, scale, groups, count, keyed.stride, least, most, digits, keyed.stride);
      kernels.pad(digits, groups, keyed.stride, count);
    };
  }
  const x = plan.pointer(op.x);
  const size = plan.length(op.x) / groups;
  const out = plan.place(id);
  const stride = plan.digitStride(id, size);
  const fill = zeroFill(plan, id, { out, groups, size, stride });
  return () => {
    kernels.quantize(x, scale, groups, size, size, least, most, out, stride);
    fill();
  };
}

export function planQuantizeRest(plan: StepPlan, id: ValueId, op: OpOf<"quantizeRest">): StepRun {
  const { kernels, keyed } = plan;
  const scale = plan.pointer(op.scale);
  const groups = plan.length(op.scale);
  if (plan.isKeyed(op.x)) {
    const window = plan.windowOf(op.x);
    return ({ position }) => {
      const count = keyed.count(window, position);
      const [high, low] = keyed.digits;
      kernels.quantizeRest(keyed.weights, scale, high, groups, count, keyed.stride, low, keyed.stride);
      kernels.pad(low, groups, keyed.stride, count);
    };
  }
  const [x, high] = [plan.pointer(op.x), plan.pointer(op.high)];
  const size = plan.length(op.x) / groups;
  const out = plan.place(id);
  const stride = plan.digitStride(id, size);
  const fill = zeroFill(plan, id, { out, groups, size, stride });
  return () => {
    kernels.quantizeRest(x, scale, high, groups, size, size, out, stride);
    fill();
  };
}

/** Zeros where rows of digits are filled up: their room may have held another value. */
function zeroFill(
  plan: StepPlan,
  id: ValueId,
  {
    out,
    groups,
    size,
    stride,
  }: { readonly out: number; readonly groups: number; readonly size: number; readonly stride: number },
): () => void {
  const all = plan.roomOf(id);
  const gaps: [number, number][] = [];
  for (let g = 0; g < groups; g++) {
    const end = g + 1 < groups ? (g + 1) * stride : all;
    if (g * stride + size < end) gaps.push([g * stride + size, end]);
  }
  if (gaps.length === 0) return () => {};
  return () => {
    const digits = plan.memory.digits(out, all);
    for (const [from, to] of gaps) digits.fill(0, from, to);
  };
}

export function planSumSquares(plan: StepPlan, id: ValueId, op: OpOf<"sumSquares">): StepRun {
  const q = plan.pointer(op.q);
  const size = plan.length(op.q) / op.groups;
  const stride = plan.digitStride(op.q, size);
  const out = plan.place(id);
  return () => plan.kernels.sumSquares(q, op.groups, size, stride, out);
}

export function planNormScale(plan: StepPlan, id: ValueId, op: OpOf<"normScale">): StepRun {
  const [squares, steps] = [plan.pointer(op.squares), plan.pointer(op.squaresScale)];
  const [by, numerator] = "scale" in op.by ? [plan.pointer(op.by.scale), 0] : [0, op.by.numerator];
  const groups = plan.length(op.squares);
  const out = plan.place(id);
  return () => plan.kernels.normScale(squares, steps, op.epsilon, by, numerator, groups, out);
}

export function planNormHeads(plan: StepPlan, id: ValueId, op: OpOf<"normHeads">): StepRun {
  const { rows, columns } = tableOf(plan.program, op.vector, "floats");
  const [x, scale] = [plan.pointer(op.x), plan.pointer(op.scale)];
  const vector = plan.vector(op.vector);
  const out = plan.place(id);
  const rest = copyRest(plan, { from: rows * columns, length: plan.length(id), x, out });
  return () => {
    plan.kernels.normHeads(x, scale, vector, rows, columns, out);
    rest();
  };
}

export function planRotate(plan: StepPlan, id: ValueId, op: OpOf<"rotate">): StepRun {
  const { columns } = tableOf(plan.program, op.table, "floats");
  const x = plan.pointer(op.x);
  const angles = plan.vector(op.table);
  const out = plan.place(id);
  const rest = copyRest(plan, { from: op.groups * columns, length: plan.length(id), x, out });
  return ({ position }) => {
    plan.kernels.rotate(x, angles + 4 * columns * position, op.groups, columns, out);
    rest();
  };
}

/** Elements that pass as they are. */
function copyRest(
  { memory }: StepPlan,
  {
    from,
    length,
    x,
    out,
  }: { readonly from: number; readonly length: number; readonly x: number; readonly out: number },
): () => void {
  if (from === length) return () => {};
  return () => memory.bytes(out + 4 * from, 4 * (length - from)).set(memory.bytes(x + 4 * from, 4 * (length - from)));
}

export function planMultiplyChannels(plan: StepPlan, id: ValueId, op: OpOf<"multiplyChannels">): StepRun {
  const x = plan.pointer(op.x);
  const vector = plan.vector(op.vector);
  const n = plan.length(op.x);
  const out = plan.place(id);
  return () => plan.kernels.multiply(x, vector, n, out);
}

export function planAdd(plan: StepPlan, id: ValueId, op: OpOf<"add">): StepRun {
  const [x, y] = [plan.pointer(op.x), plan.pointer(op.y)];
  const n = plan.length(op.x);
  const out = plan.place(id);
  return () => plan.kernels.add(x, y, n, out);
}

export function planCubic(plan: StepPlan, id: ValueId, op: OpOf<"cubic">): StepRun {
  const x = plan.pointer(op.x);
  const n = plan.length(op.x);
  const out = plan.place(id);
  return () => plan.kernels.cubic(x, op.a, op.b, n, out);
}

export function planSigmoid(plan: StepPlan, id: ValueId, op: OpOf<"sigmoid">): StepRun {
  const { data } = tableOf(plan.program, op.table, "integers");
  const x = plan.pointer(op.x);
  const table = plan.vector(op.table);
  const half = (data.length - 1) / 2;
  const constant = gridConstant(op.gridBits);
  const out = plan.place(id);
  return () => plan.kernels.sigmoid(x, constant, 2 ** op.gridBits, table, half, op.width, out);
}

export function planGate(plan: StepPlan, id: ValueId, op: OpOf<"gate">): StepRun {
  const [x, sigmoid] = [plan.pointer(op.x), plan.pointer(op.sigmoid)];
  const n = plan.length(op.sigmoid);
  const out = plan.place(id);
  return () => plan.kernels.gate(x, sigmoid, x + 4 * n, n, out);
}

export function planActivate(plan: StepPlan, id: ValueId, op: OpOf<"activate">): StepRun {
  const [x, sigmoid] = [plan.pointer(op.x), plan.pointer(op.sigmoid)];
  const n = plan.length(op.sigmoid);
  const out = plan.place(id);
  return () => plan.kernels.multiply(x, sigmoid, n, out);
}

export function planIntegerLogits(plan: StepPlan, id: ValueId, op: OpOf<"integerLogits">): StepRun {
  const x = plan.pointer(op.x);
  const n = plan.length(op.x);
  const out = plan.place(id);
  return () => plan.kernels.integerLogits(x, n, out);
}
