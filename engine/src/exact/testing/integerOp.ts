import type { Op } from "../program/Op.js";

/** An operation as a program in integers has it: with its shifts, and fields of `Op` that say nothing neutral. */
export function integerOp(op: Op, shifts: { readonly [field: string]: number } = {}): Op {
  const neutral = { ...("levels" in op ? { levels: 1 } : {}), ...("gridBits" in op ? { gridBits: 0 } : {}) };
  return { ...op, ...neutral, ...shifts } as Op;
}
