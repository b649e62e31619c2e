import { Tensor } from "onnxruntime-node";
import { maskName } from "../lower/AttentionOperands.js";
import { gridConstant } from "../lower/emitGrid.js";
import type { AttentionShape } from "../program/Op.js";
import type { Program } from "../program/Program.js";
import { positionsOf, type RowBatch } from "./RowBatch.js";

/** Far below every score: the exponential of the difference is 0. Scores of integers are below 2^31. */
const INVISIBLE = { float: -(2 ** 30), integer: -(2 ** 40) } as const;

type Feeds = Record<string, Tensor>;

/** What a run is fed besides embedded rows, wanted rows and cache; a graph takes of it what it has inputs for. */
export function batchFeeds(program: Program, batch: RowBatch, wanted: number): Feeds {
  const scores = program.ops.find((op) => op.kind === "scores");
  if (scores?.kind !== "scores") throw new Error("a program without attention is not run");
  const groups = scores.shape.heads / scores.shape.kvHeads;
  const masks: Feeds = {};
  for (const op of program.ops) {
    if (op.kind !== "scores") continue;
    masks[maskName(op.shape.window, op.gridBits)] ??= maskTensor(program, op.shape.window, batch, groups, op.gridBits);
  }
  return {
    ...angleFeeds(program, positionsOf(batch)),
    ...masks,
    ...shapeFeeds(scores.shape, batch),
    ...zeroPointFeeds(scores.shape, batch.count * batch.length),
    "zero_points.wanted.1": zeroPoints(wanted),
  };
}

/** Shapes with several extents that only a run knows. */
export function shapeFeeds(shape: AttentionShape, { count, length, capacity }: RowBatch): Feeds {
  const { heads, kvHeads, headDim } = shape;
  const groups = heads / kvHeads;
  const [queries, keys] = [groups * length, capacity + length];
  return {
    "shape.queries": int64([count, length, kvHeads, groups, headDim]),
    "shape.queryRows": int64([count, kvHeads, queries, headDim]),
    "shape.queryScales": int64([count, length, kvHeads, groups]),
    "shape.queryScaleRows": int64([count, kvHeads, queries, 1]),
    "shape.keys": int64([count, length, kvHeads, headDim]),
    "shape.keyScales": int64([count, length, kvHeads, 1]),
    "shape.weightRows": int64([count * kvHeads * queries, keys]),
    "shape.weights": int64([count, kvHeads, queries, keys]),
    "shape.mixed": int64([count, kvHeads, groups, length, headDim]),
    key_parts: int64([capacity, length]),
  };
}

/** What is added to scores `[B, 1, M, S]`: the grid's constant where a key is visible, nothing of integers. */
export function maskTensor(
  { arithmetic }: Program,
  window: number | null,
  batch: RowBatch,
  groups: number,
  gridBits: number,
): Tensor {
  const { count, length, filled, capacity } = batch;
  const constant = arithmetic === "float" ? gridConstant(gridBits) : 0;
  const keys = capacity + length;
  const mask = new Float32Array(count * groups * length * keys).fill(INVISIBLE[arithmetic]);
  for (let b = 0; b < count; b++) {
    for (let t = 0; t < length; t++) {
      const position = filled[b]! + t;
      const from = window === null ? 0 : Math.max(0, position - window + 1);
      for (let g = 0; g < groups; g++) {
        const at = ((b * groups + g) * length + t) * keys;
        mask.fill(constant, at + Math.min(from, filled[b]!), at + filled[b]!);
        mask.fill(constant, at + capacity + Math.max(0, from - filled[b]!), at + capacity + t + 1);
      }
    }
  }
  return new Tensor("float32", mask, [count, 1, groups * length, keys]);
}

export function zeroPointFeeds({ heads, kvHeads }: AttentionShape, rows: number): Feeds {
  return Object.fromEntries(
    [...new Set([1, heads, kvHeads])].map((groups) => [`zero_points.all.${groups}`, zeroPoints(rows * groups)]),
  );
}

export function zeroPoints(count: number): Tensor {
  return new Tensor("uint8", new Uint8Array(count).fill(128), [count]);
}

/** Cosines and signed sines of these positions, where the program turns anything. */
export function angleFeeds(program: Program, positions: readonly number[]): Feeds {
  const rotate = program.ops.find((op) => op.kind === "rotate");
  const table = rotate?.kind === "rotate" ? program.tables.get(rotate.table) : undefined;
  if (table?.kind !== "floats") return {};
  const { columns, data } = table;
  const half = columns / 2;
  const cos = new Float32Array(positions.length * columns);
  const sin = new Float32Array(positions.length * columns);
  positions.forEach((position, i) => {
    const at = i * columns;
    const cosines = data.subarray(position * columns, position * columns + half);
    const sines = data.subarray(position * columns + half, (position + 1) * columns);
    cos.set(cosines, at);
    cos.set(cosines, at + half);
    for (let d = 0; d < half; d++) sin[at + d] = -sines[d]!;
    sin.set(sines, at + half);
  });
  const dims = [positions.length, 1, 2, half];
  return { cos: new Tensor("float32", cos, dims), sin: new Tensor("float32", sin, dims) };
}

function int64(values: readonly number[]): Tensor {
  return new Tensor("int64", BigInt64Array.from(values, BigInt), [values.length]);
}
