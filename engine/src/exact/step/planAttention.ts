import { gridConstant } from "../lower/emitGrid.js";
import type { Op, ValueId } from "../program/Op.js";
import { tableOf, visibleKeys } from "../reference/shapes.js";
import type { StepPlan, StepRun } from "./StepPlan.js";

type OpOf<K extends Op["kind"]> = Extract<Op, { kind: K }>;

/** Writes the position's keys and values into the sequence, then scores of every visible key. */
export function planScores(plan: StepPlan, id: ValueId, op: OpOf<"scores">): StepRun {
  const { kernels, keyed, memory } = plan;
  const { heads, kvHeads, headDim, window } = op.shape;
  const groups = heads / kvHeads;
  const width = plan.headWidth(headDim);
  const q = op.qkv.map((digit) => plan.pointer(digit));
  const scale = plan.pointer(op.scale);
  const constant = gridConstant(op.gridBits);
  return ({ sequence, position }) => {
    const layer = sequence.layers.get(id)!;
    const { capacity, room } = sequence;
    const scales = memory.floats(scale, heads + 2 * kvHeads);
    const [keyScales, valueScales] = [
      memory.floats(layer.keyScales, kvHeads * room),
      memory.floats(layer.valueScales, kvHeads * room),
    ];
    const { from, count } = visibleKeys(window, position);
    for (let head = 0; head < kvHeads; head++) {
      keyScales[head * room + position] = scales[heads + head]!;
      valueScales[head * room + position] = scales[heads + kvHeads + head]!;
      for (const [digit, of] of q.entries()) {
        kernels.remember(
          of + 2 * (heads + head) * width,
          of + 2 * (heads + kvHeads + head) * width,
          headDim,
          position,
          layer.keys[digit]! + (head * capacity + position) * width,
          layer.values[digit]! + head * headDim * room,
          room,
        );
      }
      const out = keyed.scores + 4 * head * groups * keyed.stride;
      for (const [k, of] of q.entries()) {
        for (const [m, keys] of layer.keys.entries()) {
          kernels.scorePair(
            of + 2 * head * groups * width,
            groups,
            width,
            keys + (head * capacity + from) * width,
            layer.keyScales + 4 * (head * room + from),
            count,
            128 ** -(k + m),
            k + m === 0 ? 0 : 1,
            out,
            keyed.stride,
          );
        }
      }
    }
    for (let head = 0; head < heads; head++) {
      kernels.placeScores(keyed.scores + 4 * head * keyed.stride, scales[head]!, constant, count);
    }
  };
}

export function planScoreMax(plan: StepPlan, id: ValueId, op: OpOf<"scoreMax">): StepRun {
  const { kernels, keyed } = plan;
  const window = plan.windowOf(op.scores);
  const out = plan.place(id);
  const heads = plan.length(id);
  return ({ position }) => kernels.greatest(keyed.scores, heads, keyed.stride, keyed.count(window, position), out);
}

export function planExponent(plan: StepPlan, _: ValueId, op: OpOf<"exponent">): StepRun {
  const { kernels, keyed } = plan;
  const window = plan.windowOf(op.scores);
  const max = plan.pointer(op.max);
  const heads = plan.length(op.max);
  const { length } = tableOf(plan.program, op.table, "integers").data;
  const table = plan.vector(op.table);
  const steps = 2 ** op.gridBits;
  return ({ position }) => {
    const count = keyed.count(window, position);
    kernels.exponents(keyed.scores, max, heads, keyed.stride, count, table, length, steps, keyed.exponents);
  };
}

export function planSum(plan: StepPlan, id: ValueId, op: OpOf<"sum">): StepRun {
  const { kernels, keyed } = plan;
  const window = plan.windowOf(op.x);
  const out = plan.place(id);
  const heads = plan.length(id);
  return ({ position }) => kernels.sums(keyed.exponents, heads, keyed.stride, keyed.count(window, position), out);
}

export function planWeigh(plan: StepPlan, _: ValueId, op: OpOf<"weigh">): StepRun {
  const { kernels, keyed } = plan;
  const { heads, kvHeads, window } = op.shape;
  const groups = heads / kvHeads;
  const layer = plan.layerOf(op.exponents);
  return ({ sequence, position }) => {
    const { from, count } = visibleKeys(window, position);
    const { valueScales } = sequence.layers.get(layer)!;
    for (let head = 0; head < kvHeads; head++) {
      const rows = 4 * head * groups * keyed.stride;
      const scales = valueScales + 4 * (head * sequence.room + from);
      kernels.weigh(keyed.exponents + rows, groups, keyed.stride, count, scales, keyed.weights + rows);
    }
  };
}

export function planMix(plan: StepPlan, id: ValueId, op: OpOf<"mix">): StepRun {
  const { kernels, keyed, memory } = plan;
  const { heads, kvHeads, headDim, window } = op.shape;
  const groups = heads / kvHeads;
  const [weightScale, sum] = [plan.pointer(op.weightScale), plan.pointer(op.sum)];
  const layer = plan.layerOf(op.weights[0]);
  const out = plan.place(id);
  return ({ sequence, position }) => {
    const { from, count } = visibleKeys(window, position);
    const keys = Math.ceil(count / 16) * 16;
    const { values } = sequence.layers.get(layer)!;
    const { room } = sequence;
    const [scales, sums] = [memory.floats(weightScale, heads), memory.integers(sum, heads)];
    for (let head = 0; head < heads; head++) {
      const line = Math.floor(head / groups) * headDim * room + from;
      const row = out + 4 * head * headDim;
      for (const k of op.weights.keys()) {
        const weights = keyed.digits[k]! + 2 * head * keyed.stride;
        for (const [m, of] of values.entries()) {
          kernels.mixPair(weights, of + line, room, keys, headDim, 128 ** -(k + m), k + m === 0 ? 0 : 1, row);
        }
      }
      kernels.settle(row, scales[head]!, sums[head]!, headDim, row);
    }
  };
}
