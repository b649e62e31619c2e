import type { ValueId } from "../program/Op.js";
import type { Program } from "../program/Program.js";
import type { Row } from "./Row.js";
import { referenceOp } from "./referenceOp.js";

export interface ReferenceOptions {
  /** Sees every row as it is made: position by position, in the order of the operations. */
  readonly onRow?: (op: ValueId, position: number, row: Row) => void;
}

/**
 * A whole program over a sequence, slow and obvious; the rows of a position are forgotten after it, but for the digits and
 * scales that later positions attend to.
 *
 * @returns i32 logits `[vocabulary]` of each position.
 * @throws ExactError as `referenceOp`; a token beyond the vocabulary is `row_malformed`.
 */
export function referenceRun(
  program: Program,
  tokens: readonly number[],
  options: ReferenceOptions = {},
): { readonly logits: Int32Array[] } {
  const remembered = new Map(rememberedValues(program).map((value) => [value, [] as Row[]]));
  const logits: Int32Array[] = [];
  for (let position = 0; position < tokens.length; position++) {
    const rows: Row[] = [];
    const source = {
      row: (value: ValueId, at: number) => (at === position ? rows[value]! : remembered.get(value)![at]!),
      token: (at: number) => tokens[at],
    };
    for (let op = 0; op < program.ops.length; op++) {
      const row = referenceOp(program, op, position, source);
      rows.push(row);
      options.onRow?.(op, position, row);
    }
    for (const [value, memory] of remembered) memory.push(rows[value]!);
    logits.push(rows[program.logits] as Int32Array);
  }
  return { logits };
}

/** Values that later positions read: digits of queries, keys and values, and their scales; credits and sums of them. */
export function rememberedValues(program: Program): ValueId[] {
  const values = new Set<ValueId>();
  for (const op of program.ops) {
    if (op.kind === "scores" || op.kind === "mix") for (const digits of op.qkv) values.add(digits);
    if (op.kind === "scores" || op.kind === "weigh") values.add(op.scale);
    if (op.kind === "continuity") values.add(op.credit);
    if (op.kind === "windowSum") values.add(op.of);
  }
  return [...values];
}
