import {
  CONTINUITY_TOKENS,
  KERNEL_WHOLE,
  MAX_RECORD_POSITIONS,
  MAX_SURPRISE,
  WINDOW_TERMS,
  WORD,
} from "../program/AttributionOp.js";
import type { Op, ValueId } from "../program/Op.js";
import { continued } from "../reference/credit.js";
import { type Fact, greatestOf } from "./Fact.js";
import type { Prover } from "./Prover.js";
import { ACCUMULATOR_REACH } from "./rounding.js";

type OpOf<K extends Op["kind"]> = Op & { readonly kind: K };

/** What is divided and what by stay below: the floor of a quotient is then exact in binary64. */
const DIVISION_REACH = 2 ** 52;

export function surprise(op: OpOf<"surprise">, prover: Prover): Fact {
  const { data } = prover.table(op.table, "integers");
  const logits = prover.fact(op.logits).most;
  prover.below("logits are in ±2^23", greatestOf(logits), 2 ** 23 + 1, "make integer logits of them");
  prover.atLeast("the greatest logit weighs something", data[0]!, 1, `mend "${op.table}"`);
  const mass = logits.length * greatestOf(data);
  // 127 · 2 · S + S is divided by 2 · S.
  prover.below("weights add up below 2^45", mass, 2 ** 45, `lower the weights of "${op.table}"`);
  return { most: Float64Array.of(MAX_SURPRISE), least: Float64Array.of(0) };
}

/** A position counts (256² · u) >> 7 at most, where the codes are equal. */
export function similarity(op: OpOf<"similarity">, prover: Prover): Fact {
  const { records, positions, entries } = prover.table(op.index, "index");
  const advice = `split the records of "${op.index}"`;
  prover.below("a record has up to 256 positions", positions, MAX_RECORD_POSITIONS + 1, advice);
  const most = Float64Array.from({ length: records }, (_, record) =>
    largestSum(entries.subarray(record * positions, (record + 1) * positions)),
  );
  prover.below("an accumulator is below 2^31", greatestOf(most), ACCUMULATOR_REACH, advice);
  return { most, least: new Float64Array(records) };
}

/** The greatest sum over a record's positions at which one token stands. */
function largestSum(entries: Int32Array): number {
  const sums = new Map<number, number>();
  let largest = 0;
  for (const entry of entries) {
    const sum = (sums.get(entry >> 7) ?? 0) + ((256 ** 2 * (entry & MAX_SURPRISE)) >> 7);
    sums.set(entry >> 7, sum);
    largest = Math.max(largest, sum);
  }
  return largest;
}

/** Credits are of the same similarities, so that they are 0 or more and as many. */
export function continuity(op: OpOf<"continuity">, prover: Prover): Fact {
  prover.operation(op.sums, "similarity", "its sums");
  const credits = prover.operation(op.credit, "credit", "what was credited before");
  prover.belongs(credits.sums === op.sums, "its credits are of other sums");
  const credited = prover.fact(op.credit).most;
  const most = prover.fact(op.sums).most.map((sum, i) => continued(sum, CONTINUITY_TOKENS * credited[i]!));
  prover.below("an accumulator is below 2^31", greatestOf(most), ACCUMULATOR_REACH, "use shorter records");
  return { most, least: new Float64Array(most.length) };
}

export function denominator(op: OpOf<"denominator">, prover: Prover): Fact {
  requireSums(op.sums, prover);
  let most = KERNEL_WHOLE;
  if (op.before !== undefined) {
    prover.operation(op.before, "denominator", "what is before it");
    const [high, low] = prover.fact(op.before).most;
    most = high! * WORD + low!;
  }
  for (const sum of prover.fact(op.sums).most) most += sum;
  prover.below("a denominator is below 2^52", most, DIVISION_REACH, "use fewer records");
  return { most: Float64Array.of(Math.floor(most / WORD), Math.min(most, WORD - 1)), least: new Float64Array(2) };
}

/** The record's sum is a part of what it is divided by, so that all credits of a token are at most w · 2^16 together. */
export function credit(op: OpOf<"credit">, prover: Prover): Fact {
  prover.operation(op.surprise, "surprise", "its weight");
  requireSums(op.sums, prover);
  prover.belongs(isPart(op.sums, op.denominator, prover), "its denominator is without its sums");
  const weight = greatestOf(prover.fact(op.surprise).most);
  const sums = prover.fact(op.sums).most;
  const dividend = weight * greatestOf(sums) * KERNEL_WHOLE;
  prover.below("a dividend is below 2^52", dividend, DIVISION_REACH, "use shorter records");
  const most = sums.map((sum) => Math.floor((weight * sum * KERNEL_WHOLE) / (KERNEL_WHOLE + sum)));
  return { most, least: new Float64Array(most.length) };
}

export function windowSum(op: OpOf<"windowSum">, prover: Prover): Fact {
  const kind = prover.kindOf(op.of);
  const found = `what it adds (value ${op.of}) is ${kind}, not credit, surprise or windowSum`;
  prover.belongs(kind === "credit" || kind === "surprise" || kind === "windowSum", found);
  const most = prover.fact(op.of).most.map((term) => WINDOW_TERMS * term);
  prover.below("an accumulator is below 2^31", greatestOf(most), ACCUMULATOR_REACH, "add fewer positions");
  return { most, least: new Float64Array(most.length) };
}

/** What is added up and divided. */
function requireSums(sums: ValueId, prover: Prover): void {
  const kind = prover.kindOf(sums);
  const found = `its sums (value ${sums}) are ${kind}, not similarity or continuity`;
  prover.belongs(kind === "similarity" || kind === "continuity", found);
}

/** Whether a denominator, or one before it, adds these sums. */
function isPart(sums: ValueId, denominator: ValueId, prover: Prover): boolean {
  for (let at: ValueId | undefined = denominator; at !== undefined; ) {
    const op: OpOf<"denominator"> = prover.operation(at, "denominator", "its denominator");
    if (op.sums === sums) return true;
    at = op.before;
  }
  return false;
}
