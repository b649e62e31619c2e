import { shiftsOf } from "../program/integerFields.js";
import type { Op, OpKind } from "../program/Op.js";
import type { Arithmetic } from "../program/Program.js";

/**
 * How a field of an operation is written in a program's document. `value`: an earlier operation's index. `digits`: one or
 * two of them. `table`: a table's name. What is optional may be absent. `count`: an integer from 1. `bits`: an integer from 0 to 22. `float`: the bits of a
 * finite binary32 number, 8 hex digits. `attention`: `AttentionShape`, all keys visible where `window` is null. `numerator`:
 * an object of either `scale` (a value) or `numerator` (a float). `shift`: an integer from −52 to 52.
 */
export type FieldKind =
  | "value"
  | "optional value"
  | "digits"
  | "table"
  | "optional table"
  | "count"
  | "bits"
  | "float"
  | "attention"
  | "numerator"
  | "shift";

type Fields<O extends Op> = { readonly [F in Exclude<keyof O, "kind">]-?: FieldKind };

/** Every field of every operation: one that is missing here does not compile. */
export const OP_FIELDS: { readonly [K in OpKind]: Fields<Extract<Op, { readonly kind: K }>> } = {
  embed: { table: "table" },
  addPosition: { x: "value", table: "table" },
  multiplyChannels: { x: "value", vector: "table" },
  rowScale: { x: "value", groups: "count", levels: "count", limit: "optional table" },
  quantize: { x: "value", scale: "value" },
  quantizeRest: { x: "value", scale: "value", high: "value" },
  sumSquares: { q: "value", groups: "count" },
  normScale: { squares: "value", squaresScale: "value", epsilon: "float", by: "numerator" },
  normHeads: { x: "value", scale: "value", vector: "table" },
  linear: { q: "digits", scale: "value", weights: "table", bias: "optional table" },
  add: { x: "value", y: "value" },
  rotate: { x: "value", groups: "count", table: "table" },
  scores: { qkv: "digits", scale: "value", shape: "attention", gridBits: "bits" },
  scoreMax: { scores: "value" },
  exponent: { scores: "value", max: "value", table: "table", gridBits: "bits" },
  sum: { x: "value" },
  weigh: { exponents: "value", scale: "value", shape: "attention" },
  quantizeUnsigned: { x: "value", scale: "value" },
  mix: { weights: "digits", weightScale: "value", sum: "value", qkv: "digits", shape: "attention" },
  cubic: { x: "value", a: "float", b: "float" },
  sigmoid: { x: "value", width: "count", table: "table", gridBits: "bits" },
  gate: { x: "value", sigmoid: "value" },
  activate: { x: "value", sigmoid: "value" },
  integerLogits: { x: "value" },
  signBits: { x: "value" },
  surprise: { logits: "value", table: "table", gridBits: "bits" },
  similarity: { codes: "value", index: "table" },
  continuity: { sums: "value", credit: "value" },
  denominator: { sums: "value", before: "optional value" },
  credit: { sums: "value", surprise: "value", denominator: "value" },
  windowSum: { of: "value", stride: "count" },
};

/** Fields of an operation by name. */
export function fieldsOf(kind: OpKind, arithmetic: Arithmetic = "float"): [name: string, kind: FieldKind][] {
  const shifts = arithmetic === "float" ? [] : (shiftsOf(kind) ?? []);
  return [...Object.entries(OP_FIELDS[kind]), ...shifts.map((name): [string, FieldKind] => [name, "shift"])];
}
