import type { Tensor } from "onnxruntime-node";
import type { ValueId } from "../program/Op.js";
import type { Program } from "../program/Program.js";
import { newRow, type Row } from "../reference/Row.js";
import { shapesOf, type ValueShape, visibleKeys } from "../reference/shapes.js";

type Numbers = Float32Array | Float64Array | Int8Array | Uint8Array;

/** Positions of one sequence that a block was run at, and the keys before them that it was fed. */
export interface BlockRun {
  /** First (inclusive) and last (exclusive). */
  readonly from: number;
  readonly to: number;
  /** Position of the first key of the past, and places for keys in it. */
  readonly firstKey: number;
  readonly capacity: number;
}

/**
 * A value's rows at a run of positions, one after another, from the tensors of its segments: integers in f32 or f64 and codes
 * become the value's own element type; what has an element a key keeps the visible ones.
 */
export function readValue(program: Program, id: ValueId, run: BlockRun, segments: readonly Tensor[]): Row {
  const shape = shapesOf(program)[id]!;
  const data = segments.map((tensor) => tensor.data as Numbers);
  if (shape.keyed) return readKeyed(shape, run, data[0]!);
  const count = run.to - run.from;
  if (isByHead(program, id)) return readHeads(shape.type, count, data[0]!);
  const rows = newRow(shape.type, shape.length * count);
  let offset = 0;
  for (const part of data) {
    const width = part.length / count;
    const shift = shiftOf(shape.type, part);
    for (let t = 0; t < count; t++) {
      const [from, to] = [t * width, t * shape.length + offset];
      if (shift === 0) rows.set(part.subarray(from, from + width), to);
      else for (let i = 0; i < width; i++) rows[to + i] = part[from + i]! - shift;
    }
    offset += width;
  }
  return rows;
}

/** Numbers of heads lie with the heads first, in `[K, G · T]`, as what has an element a key does. */
function isByHead(program: Program, id: ValueId): boolean {
  const op = program.ops[id]!;
  if (op.kind === "scoreMax" || op.kind === "sum") return true;
  return op.kind === "rowScale" && shapesOf(program)[op.x]!.keyed;
}

function readHeads(type: ValueShape["type"], count: number, data: Numbers): Row {
  const heads = data.length / count;
  const rows = newRow(type, data.length);
  for (let head = 0; head < heads; head++) {
    for (let t = 0; t < count; t++) rows[t * heads + head] = data[head * count + t]!;
  }
  return rows;
}

function readKeyed({ type, heads, window }: ValueShape & { readonly keyed: true }, run: BlockRun, data: Numbers): Row {
  const { from, to, firstKey, capacity } = run;
  const count = to - from;
  const keys = capacity + count;
  const shift = shiftOf(type, data);
  let length = 0;
  for (let position = from; position < to; position++) length += heads * visibleKeys(window, position).count;
  const rows = newRow(type, length);
  let at = 0;
  for (let position = from; position < to; position++) {
    const first = visibleKeys(window, position).from;
    for (let head = 0; head < heads; head++) {
      const line = (head * count + position - from) * keys;
      for (let key = first; key < from; key++) rows[at++] = data[line + key - firstKey]! - shift;
      for (let key = Math.max(first, from); key <= position; key++) {
        rows[at++] = data[line + capacity + key - from]! - shift;
      }
    }
  }
  return rows;
}

/** Signed digits may lie in uint8 around 128. */
function shiftOf(type: ValueShape["type"], data: Numbers): number {
  return type === "i8" && data instanceof Uint8Array ? 128 : 0;
}
