import { type Op, SCALE_GUARD } from "../program/Op.js";
import { digitBounds } from "./digitBounds.js";
import { type Fact, greatestOf } from "./Fact.js";
import type { Prover } from "./Prover.js";
import { type Quantiser, scaledRow } from "./quantiser.js";
import { FLOAT_REACH, rounded } from "./rounding.js";

/** The guard is 2^-100 and there are at most 255 levels: a scale and its 128th are normal. */
export function rowScale(op: Op & { kind: "rowScale" }, prover: Prover): Fact {
  const { groups, levels } = op;
  let limits: Float32Array | undefined;
  if (op.limit !== undefined) {
    limits = prover.table(op.limit, "floats").data;
    const least = limits.reduce((least, limit) => Math.min(least, limit), Number.POSITIVE_INFINITY);
    prover.atLeast("a limit is the guard or more", least, SCALE_GUARD, `mend "${op.limit}"`);
  }
  return digitBounds(prover.fact(op.x), { groups, levels, kind: "one", limits }).scale;
}

export function quantize(op: Op & { kind: "quantize" }, prover: Prover): Fact {
  const row = scaledRow(op.x, op.scale, "one", prover);
  prover.below("signed digits have up to 127 levels", row.op.levels, 128, "use 127 levels");
  showQuotient(row, prover);
  return toElements(row.high, row, prover);
}

export function quantizeRest(op: Op & { kind: "quantizeRest" }, prover: Prover): Fact {
  const row = scaledRow(op.x, op.scale, "two", prover);
  const high = prover.operation(op.high, "quantize", "its high digit");
  prover.belongs(high.x === op.x && high.scale === op.scale, "its high digit is of another row or scale");
  showQuotient(row, prover);
  return toElements(row.low, row, prover);
}

export function quantizeUnsigned(op: Op & { kind: "quantizeUnsigned" }, prover: Prover): Fact {
  const row = scaledRow(op.x, op.scale, "unsigned", prover);
  showQuotient(row, prover);
  return toElements(row.high, row, prover);
}

/** fl(x/s), or 128 times what the high digit leaves of it. */
function showQuotient(row: Quantiser, prover: Prover): void {
  const parts = row.kind === "two" ? 128 : 1;
  const found = rounded(greatestOf(row.quotient) * parts);
  prover.below("a quotient is finite", found, FLOAT_REACH, "raise its limit");
}

/** A group's bound for each of its elements; of keyed rows there is one a head already. */
function toElements(groups: Float64Array, { x }: Quantiser, prover: Prover): Fact {
  const { most, keyed } = prover.fact(x);
  const at = (i: number) => groups[Math.floor((i * groups.length) / most.length)]!;
  return { most: most.map((_, i) => at(i)), ...(keyed ? { keyed } : {}) };
}
