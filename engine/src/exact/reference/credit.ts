import {
  CODE_BITS,
  CODE_BYTES,
  CONTINUITY_MOST,
  CONTINUITY_TOKENS,
  CONTINUITY_UNIT,
  KERNEL_WHOLE,
  WINDOW_TERMS,
  WORD,
} from "../program/AttributionOp.js";
import type { Op } from "../program/Op.js";
import { accumulator, assertBound } from "./arithmetic.js";
import type { Kernel, Site } from "./Kernel.js";

/** What is divided, and what by: both below, so that a quotient's floor is exact in binary64. */
const DIVISION_LIMIT = 2 ** 52;

export function similarity(op: Op & { kind: "similarity" }, site: Site): Kernel {
  const { positions, entries, codes, thresholds } = site.table(op.index, "index");
  const code = site.row(op.codes);
  return (record) => {
    const token = site.following();
    if (token === undefined) return 0;
    let sum = 0;
    for (let at = record * positions; at < (record + 1) * positions; at++) {
      const entry = entries[at]!;
      assertBound(entry >= 0, "an entry of an index is not negative", entry);
      if (entry >> 7 !== token) continue;
      const dot = CODE_BITS - 2 * hamming(code, codes.subarray(at * CODE_BYTES, (at + 1) * CODE_BYTES));
      if (dot > thresholds[token]!) {
        sum += (Math.floor((256 * dot) / CODE_BITS) ** 2 * (entry & 127)) >> 7;
      }
    }
    return accumulator(sum);
  };
}

function hamming(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let bits = 0;
  for (let i = 0; i < a.length; i++) for (let x = a[i]! ^ b[i]!; x > 0; x >>= 1) bits += x & 1;
  return bits;
}

export function continuity(op: Op & { kind: "continuity" }, site: Site): Kernel {
  const sums = site.row(op.sums);
  const credits = positionsBefore(site.position).map((position) => site.row(op.credit, position));
  return (record) => {
    let credited = 0;
    for (const credit of credits) {
      assertBound(credit[record]! >= 0, "a credit is not negative", credit[record]!);
      credited += credit[record]!;
    }
    assertBound(sums[record]! >= 0, "a similarity is not negative", sums[record]!);
    return accumulator(continued(sums[record]!, credited));
  };
}

/** Positions whose credits `continuity` reads. */
export function positionsBefore(position: number): number[] {
  const from = Math.max(0, position - CONTINUITY_TOKENS);
  return Array.from({ length: position - from }, (_, i) => from + i);
}

/** @param sum below 2^24 @param credited of a record for the tokens before, 0 or more */
export function continued(sum: number, credited: number): number {
  return sum + Math.floor((sum * Math.min(credited, CONTINUITY_MOST * CONTINUITY_UNIT)) / CONTINUITY_UNIT);
}

export function denominator(op: Op & { kind: "denominator" }, site: Site): Kernel {
  const sums = site.row(op.sums);
  const before = op.before === undefined ? KERNEL_WHOLE : joined(site.row(op.before));
  return (digit) => digitOf(wide([before, ...sums]), digit);
}

/** Adds what 31 bits do not hold. */
export function wide(terms: Iterable<number>): number {
  let sum = 0;
  for (const term of terms) sum += term;
  assertBound(Number.isInteger(sum) && sum >= 0 && sum < DIVISION_LIMIT, "a denominator is below 2^52", sum);
  return sum;
}

/** One of the two digits in base 2^24 of an integer, 0 the high one. */
export function digitOf(sum: number, digit: number): number {
  return digit === 0 ? Math.floor(sum / WORD) : sum % WORD;
}

/** The integer of two digits. */
export function joined([high, low]: ArrayLike<number> & Iterable<number>): number {
  assertBound(low! >= 0 && low! < WORD && high! >= 0, "digits in base 2^24", low!);
  return high! * WORD + low!;
}

export function credit(op: Op & { kind: "credit" }, site: Site): Kernel {
  const sums = site.row(op.sums);
  const [weight] = site.row(op.surprise);
  const divisor = joined(site.row(op.denominator));
  return (record) => {
    const dividend = weight! * sums[record]! * KERNEL_WHOLE;
    assertBound(divisor > 0 && divisor < DIVISION_LIMIT, "a denominator is in (0, 2^52)", divisor);
    assertBound(dividend >= 0 && dividend < DIVISION_LIMIT, "a dividend is in [0, 2^52)", dividend);
    return Math.floor(dividend / divisor);
  };
}

export function windowSum(op: Op & { kind: "windowSum" }, site: Site): Kernel {
  const terms = windowPositions(site.position, op.stride).map((position) => site.row(op.of, position));
  return (element) => {
    let sum = 0;
    for (const term of terms) {
      assertBound(term[element]! >= 0, "what is added is not negative", term[element]!);
      sum += term[element]!;
    }
    return accumulator(sum);
  };
}

/** Positions that `windowSum` adds, ascending. */
export function windowPositions(position: number, stride: number): number[] {
  const count = Math.min(WINDOW_TERMS, Math.floor(position / stride) + 1);
  return Array.from({ length: count }, (_, i) => position - (count - 1 - i) * stride);
}
