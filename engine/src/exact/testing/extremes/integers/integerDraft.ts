import type { IntegerFields, IntegerKind } from "../../../program/IntegerOp.js";
import { fixed, type InputDraft, keyed, type VectorDraft } from "../vectorOf.js";

/** Fields that say nothing in integers have one value. */
const NEUTRAL: { readonly [K in IntegerKind]?: object } = {
  rowScale: { levels: 1 },
  scores: { gridBits: 0 },
  exponent: { gridBits: 0 },
  sigmoid: { gridBits: 0 },
};

interface IntegerDraft<K extends IntegerKind> extends Omit<VectorDraft, "arithmetic" | "op"> {
  readonly kind: K;
  /** Beside shifts and neutral fields. */
  readonly op: { readonly [field: string]: unknown };
  readonly shifts: IntegerFields[K];
}

/** A vector of an operation in integers. */
export function integerDraft<K extends IntegerKind>({ kind, op, shifts, ...draft }: IntegerDraft<K>): VectorDraft {
  return { ...draft, arithmetic: "integer", op: { kind, ...op, ...NEUTRAL[kind], ...shifts } };
}

/** Greatest magnitude of a number, and of a constant of a table. */
export const NUMBER = 2 ** 31 - 1;
export const CONSTANT = 2 ** 24 - 1;

/** A row of numbers at its position. */
export function numbers(elements: readonly number[]): InputDraft {
  return fixed("i32", elements);
}

/** Rows of numbers with an element a key. */
export function keyedNumbers(window: number | null, heads: readonly (readonly number[])[]): InputDraft {
  return keyed("i32", window, heads);
}
