import type { Digits, Op, ValueId } from "../program/Op.js";
import { type DigitBounds, type DigitKind, digitBounds } from "./digitBounds.js";
import type { Prover } from "./Prover.js";

/** A row, its scale and its digits, known to be of one another. */
export interface Quantiser extends DigitBounds {
  readonly x: ValueId;
  readonly op: Op & { readonly kind: "rowScale" };
  readonly kind: DigitKind;
}

/** What the digits of one row stand for, in steps of that row's own scale. */
export function quantiserOf(digits: Digits, scale: ValueId, prover: Prover): Quantiser {
  const [first, rest] = digits;
  const unsigned = prover.kindOf(first) === "quantizeUnsigned" && rest === undefined;
  const high = prover.operation(first, unsigned ? "quantizeUnsigned" : "quantize", "its high digit");
  prover.belongs(high.scale === scale, `its digits are in steps of value ${high.scale}, its scale is value ${scale}`);
  if (rest !== undefined) {
    const low = prover.operation(rest, "quantizeRest", "its low digit");
    prover.belongs(low.high === first && low.scale === scale && low.x === high.x, "its digits are of two rows");
  }
  return scaledRow(high.x, scale, unsigned ? "unsigned" : rest === undefined ? "one" : "two", prover);
}

/** A row in steps of its own scale, whatever digits it has. */
export function scaledRow(x: ValueId, scale: ValueId, kind: DigitKind, prover: Prover): Quantiser {
  const op = prover.operation(scale, "rowScale", "its scale");
  prover.belongs(op.x === x, `its scale is made of value ${op.x}, its row is value ${x}`);
  const limits = op.limit === undefined ? undefined : prover.table(op.limit, "floats").data;
  return { ...digitBounds(prover.fact(x), { groups: op.groups, levels: op.levels, kind, limits }), x, op, kind };
}
