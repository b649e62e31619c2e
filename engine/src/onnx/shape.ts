import { GraphError } from "./errors.js";

/** A known extent, or the name of one that is only known when the graph runs. */
export type Dim = number | string;
export type Shape = readonly Dim[];

export function showShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

export function isStatic(shape: Shape): shape is readonly number[] {
  return shape.every((dim) => typeof dim === "number");
}

/** Number of elements of a shape without named extents. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const dim of shape) {
    if (typeof dim !== "number") throw mismatch("size", `a shape without named extents, found ${showShape(shape)}`);
    size *= dim;
  }
  return size;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, i) => dim === b[i]);
}

export function mismatch(op: string, detail: string): GraphError {
  return new GraphError("shape_mismatch", `${op} needs ${detail}`);
}

/** The shape of an element-wise operation of two tensors under ONNX (NumPy) broadcasting. */
export function broadcastShape(op: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  const out: Dim[] = [];
  for (let i = 0; i < rank; i++) {
    const x = a[i - rank + a.length] ?? 1;
    const y = b[i - rank + b.length] ?? 1;
    if (x !== y && x !== 1 && y !== 1) {
      throw mismatch(op, `shapes that broadcast, found ${showShape(a)} and ${showShape(b)}`);
    }
    out.push(x === 1 ? y : x);
  }
  return out;
}

/** `axis` counted from the front; a negative one counts from the back. */
export function normalizeAxis(op: string, axis: number, shape: Shape): number {
  const index = axis < 0 ? axis + shape.length : axis;
  if (!Number.isInteger(axis) || index < 0 || index >= shape.length) {
    throw mismatch(op, `an axis of ${showShape(shape)}, found ${axis}`);
  }
  return index;
}

/** The extent of two parts laid end to end; named extents give a name that says the sum. */
export function addDims(a: Dim, b: Dim): Dim {
  if (typeof a === "number" && typeof b === "number") return a + b;
  return `${a}+${b}`;
}

export function mulDims(a: Dim, b: Dim): Dim {
  if (typeof a === "number" && typeof b === "number") return a * b;
  if (a === 1) return b;
  if (b === 1) return a;
  return `${a}*${b}`;
}
