import { Tensor } from "onnxruntime-node";
import { gridConstant } from "../lower/emitGrid.js";
import type { Program } from "../program/Program.js";

/** Far below every score: the exponential of the difference is 0. */
const INVISIBLE = -(2 ** 30);

type Feeds = Record<string, Tensor>;

/** What a pass over `length` positions from `first` on is fed besides rows, with `past` cache rows of which `filled` count. */
export function passFeeds(
  program: Program,
  first: number,
  length: number,
  past?: { readonly filled: number; readonly capacity: number },
): Feeds {
  const { heads, kvHeads } = program.shape;
  const keys = (past?.capacity ?? 0) + length;
  const positions = Array.from({ length }, (_, i) => first + i);
  const feeds: Feeds = {
    ...angleFeeds(program, positions, "turning"),
    ...zeroPointFeeds(program, length, "pass"),
    "shape.scores": int64([kvHeads, heads / kvHeads, length, keys]),
    "shape.valueScales": int64([kvHeads, 1, 1, keys]),
    "shape.rows": int64([-1, keys]),
    "shape.weights": int64([kvHeads, (heads / kvHeads) * length, keys]),
  };
  for (const window of windowsOf(program)) {
    const mask = new Float32Array(length * keys).fill(INVISIBLE);
    const constant = gridOf(program);
    for (let row = 0; row < length; row++) {
      const from = Math.max(0, window === null ? 0 : first + row - window + 1);
      const at = row * keys;
      if (past !== undefined) mask.fill(constant, at + Math.min(from, past.filled), at + past.filled);
      const self = keys - length;
      mask.fill(constant, at + self + Math.max(0, from - first), at + self + row + 1);
    }
    feeds[maskName(window)] = new Tensor("float32", mask, [length, keys]);
  }
  return feeds;
}

/** What a step of `sequences` sequences at `position` is fed besides rows and cache. */
export function stepFeeds(program: Program, sequences: number, position: number, capacity: number): Feeds {
  const { heads, kvHeads } = program.shape;
  const keys = capacity + 1;
  const feeds: Feeds = {
    ...angleFeeds(program, new Array<number>(sequences).fill(position), hasHeadNorms(program) ? "turning" : "all"),
    ...zeroPointFeeds(program, sequences, "step"),
    "shape.rows": int64([-1, keys]),
    "shape.weights": int64([sequences, kvHeads, heads / kvHeads, keys]),
  };
  for (const window of windowsOf(program)) {
    const mask = new Float32Array(sequences * keys).fill(INVISIBLE);
    const constant = gridOf(program);
    const from = Math.max(0, window === null ? 0 : position - window + 1);
    for (let sequence = 0; sequence < sequences; sequence++) {
      mask.fill(constant, sequence * keys + from, sequence * keys + position);
      mask[sequence * keys + capacity] = constant;
    }
    feeds[maskName(window)] = new Tensor("float32", mask, [sequences, 1, 1, keys]);
  }
  return feeds;
}

function maskName(window: number | null): string {
  return window === null ? "mask" : `mask.${window}`;
}

function windowsOf({ ops }: Program): Set<number | null> {
  return new Set(ops.flatMap((op) => (op.kind === "scores" ? [op.shape.window] : [])));
}

function gridOf({ ops }: Program): number {
  const scores = ops.find((op) => op.kind === "scores");
  return scores?.kind === "scores" ? gridConstant(scores.gridBits) : 0;
}

export function hasHeadNorms({ ops }: Program): boolean {
  return ops.some(({ kind }) => kind === "normHeads");
}

function zeroPointFeeds(program: Program, rows: number, form: "pass" | "step"): Feeds {
  const { heads, kvHeads } = program.shape;
  const groups = new Set([1]);
  if (form === "step" && !hasHeadNorms(program)) groups.add(heads + 2 * kvHeads);
  else groups.add(heads);
  if (hasHeadNorms(program)) groups.add(kvHeads);
  if (program.tier === "w15a15") groups.add(heads);
  return Object.fromEntries(
    [...groups].map((count) => [
      `zero_points.${count}`,
      new Tensor("uint8", new Uint8Array(rows * count).fill(128), [rows * count]),
    ]),
  );
}

function angleFeeds(program: Program, positions: readonly number[], rotated: "turning" | "all"): Feeds {
  const table = program.tables.get("rotary");
  if (table?.kind !== "floats") return {};
  const { heads, kvHeads, headDim } = program.shape;
  const half = headDim / 2;
  const count = rotated === "all" ? heads + 2 * kvHeads : 1;
  const turning = rotated === "all" ? heads + kvHeads : 1;
  const cos = new Float32Array(positions.length * count * headDim);
  const sin = new Float32Array(positions.length * count * headDim);
  positions.forEach((position, i) => {
    const cosines = table.data.subarray(position * headDim, position * headDim + half);
    const sines = table.data.subarray(position * headDim + half, (position + 1) * headDim);
    for (let head = 0; head < count; head++) {
      const at = (i * count + head) * headDim;
      if (head >= turning) {
        cos.fill(1, at, at + headDim);
        continue;
      }
      cos.set(cosines, at);
      cos.set(cosines, at + half);
      for (let d = 0; d < half; d++) sin[at + d] = -sines[d]!;
      sin.set(sines, at + half);
    }
  });
  const dims = [positions.length, count, 2, half];
  return { cos: new Tensor("float32", cos, dims), sin: new Tensor("float32", sin, dims) };
}

function int64(values: readonly number[]): Tensor {
  return new Tensor("int64", BigInt64Array.from(values, BigInt), [values.length]);
}
