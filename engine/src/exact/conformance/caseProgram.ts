import type { Op } from "../program/Op.js";
import type { Program } from "../program/Program.js";
import { shapesOf } from "../reference/shapes.js";

export type HeadOp = Extract<Op, { kind: "scores" | "weigh" | "mix" }>;

export function isHeadOp(op: Op): op is HeadOp {
  return op.kind === "scores" || op.kind === "weigh" || op.kind === "mix";
}

/** A case's program, said to be of its operation's own shape. */
export function caseProgram(program: Program, op: Op): Program {
  const keyed = program.ops.length > 0 && "x" in op ? shapesOf(program)[op.x]! : undefined;
  const heads = keyed?.keyed === true ? keyed.heads : program.shape.heads;
  const own = isHeadOp(op) ? op.shape : { heads, kvHeads: 1, headDim: 1 };
  return {
    ...program,
    shape: { ...program.shape, layers: 1, heads: own.heads, kvHeads: own.kvHeads, headDim: own.headDim },
  };
}
