import { shiftsOf } from "../program/integerFields.js";
import type { Op } from "../program/Op.js";
import type { Prover } from "./Prover.js";

/** Numbers of operations that are binary32 constants, and those that count something; the rest are ids and grids. */
const FLOATS = new Set(["epsilon", "numerator", "a", "b"]);
const COUNTS = new Set(["groups", "levels", "width", "heads", "kvHeads", "headDim", "window"]);

/**
 * Counts, ids and grids of an operation are integers in their range; constants are finite binary32 numbers. Shifts of integers
 * are their rules' affair.
 */
export function checkFields(op: Op, prover: Prover): void {
  const shifts = (prover.arithmetic === "integer" ? shiftsOf(op.kind) : undefined) ?? [];
  checkNumbers(Object.fromEntries(Object.entries(op).filter(([name]) => !shifts.includes(name))), prover);
  if ("gridBits" in op) prover.below("a grid has 0 to 22 bits", op.gridBits, 23, "use a coarser grid");
}

function checkNumbers(fields: object, prover: Prover): void {
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === "object" && value !== null) checkNumbers(value, prover);
    if (typeof value !== "number") continue;
    const holds = FLOATS.has(name)
      ? Number.isFinite(value) && Math.fround(value) === value
      : Number.isSafeInteger(value) && value >= (COUNTS.has(name) ? 1 : 0);
    prover.belongs(holds, `its ${name} is ${value}`);
  }
}
