import type { Side } from "../lower/codes/CodeForm.js";
import type { Op, ValueId } from "../program/Op.js";
import type { Program } from "../program/Program.js";
import { shapesOf, tableOf } from "../reference/shapes.js";

/** How an input of an operation lies in a lowering's tensors. Segments end at `ends`, counted in elements or groups. */
export type Layout =
  /** f32 `[R, width]` */
  | { readonly as: "rows"; readonly ends: readonly number[] }
  /** f32 `[R · groups]` */
  | { readonly as: "groups"; readonly ends: readonly number[] }
  /** `[R · groups, width / groups]` */
  | {
      readonly as: "codes";
      readonly ends: readonly number[];
      readonly groups: readonly number[];
      readonly sides: readonly Side[];
    }
  /** f32 `[B, K, M, S]` */
  | { readonly as: "keys" }
  /** f32 `[B, K, M]`, or `[B, K, M, 1]` */
  | { readonly as: "heads"; readonly rank: 3 | 4 }
  /** Codes `[B · K · M, S]` */
  | { readonly as: "weights"; readonly sign: "signed" | "unsigned" };

/** The layout in which `op` takes a value that it reads at its own position. */
export function layoutOf(program: Program, op: Op, input: ValueId): Layout {
  const shape = shapesOf(program)[input]!;
  if (shape.keyed) {
    if (op.kind === "mix") return { as: "weights", sign: op.weights.length === 1 ? "unsigned" : "signed" };
    return op.kind === "quantizeRest" && op.high === input ? { as: "weights", sign: "signed" } : { as: "keys" };
  }
  const { length, type } = shape;
  switch (op.kind) {
    case "scores":
    case "weigh":
      return type === "i8" ? headCodes(op) : { as: "groups", ends: headEnds(op) };
    case "mix":
      return type === "i8" ? headCodes(op) : { as: "heads", rank: 3 };
    case "exponent":
      return { as: "heads", rank: 4 };
    case "quantize":
    case "quantizeRest":
    case "quantizeUnsigned": {
      const keyed = shapesOf(program)[op.x]!.keyed;
      if (input === op.scale) return keyed ? { as: "heads", rank: 3 } : { as: "groups", ends: [length] };
      if (type === "i8") return plainCodes(length, shapeLength(program, op.scale));
      return { as: "rows", ends: [length] };
    }
    case "sumSquares":
      return plainCodes(length, op.groups);
    case "linear":
      return type === "i8" ? plainCodes(length, 1) : { as: "groups", ends: [length] };
    case "normScale":
      return { as: "groups", ends: [length] };
    case "normHeads": {
      const { rows, columns } = tableOf(program, op.vector, "floats");
      // Only the first heads have a factor that is read, but each segment has one beside it.
      if (input === op.scale) return { as: "groups", ends: cut(rows, length) };
      return { as: "rows", ends: cut(rows * columns, length) };
    }
    case "rotate":
      return { as: "rows", ends: cut(op.groups * tableOf(program, op.table, "floats").columns, length) };
    case "gate":
      return { as: "rows", ends: input === op.x ? [length / 2, length] : [length] };
    case "sigmoid":
      return { as: "rows", ends: cut(op.width, length) };
    default:
      return { as: "rows", ends: [length] };
  }
}

function cut(at: number, length: number): number[] {
  return at === length ? [length] : [at, length];
}

function plainCodes(length: number, groups: number): Layout {
  return { as: "codes", ends: [length], groups: [groups], sides: ["left"] };
}

type HeadOp = Extract<Op, { kind: "scores" | "weigh" | "mix" }>;

function headEnds({ shape: { heads, kvHeads } }: HeadOp): number[] {
  return [heads, heads + kvHeads, heads + 2 * kvHeads];
}

/** Queries from the left, keys and values from the right. */
function headCodes(op: HeadOp): Layout {
  const { heads, kvHeads, headDim } = op.shape;
  return {
    as: "codes",
    ends: headEnds(op).map((end) => end * headDim),
    groups: [heads, kvHeads, kvHeads],
    sides: ["left", "right", "right"],
  };
}

function shapeLength(program: Program, value: ValueId): number {
  const shape = shapesOf(program)[value]!;
  return shape.keyed ? 1 : shape.length;
}
