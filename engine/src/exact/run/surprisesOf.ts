import { ExactError } from "../errors.js";
import type { Program } from "../program/Program.js";
import { tableOf } from "../reference/shapes.js";
import { surpriseOf } from "../reference/surprise.js";

/**
 * `surprise` of a program at some positions.
 *
 * @param logits i32 `[positions, vocabulary]`
 * @param following The token after each position; undefined where none follows.
 * @returns u8 `[positions]`
 * @throws ExactError `program_malformed` where the program has no surprise, `token_out_of_range`
 */
export function surprisesOf(
  program: Program,
  logits: Int32Array,
  following: readonly (number | undefined)[],
): Uint8Array {
  const { vocabulary } = program.shape;
  const op = program.surprise === undefined ? undefined : program.ops[program.surprise];
  if (op?.kind !== "surprise") {
    throw new ExactError("program_malformed", "The program has no surprise; compile it with codes.");
  }
  const { data } = tableOf(program, op.table, "integers");
  return Uint8Array.from(following, (token, i) => {
    if (token === undefined) return 0;
    if (!Number.isInteger(token) || token < 0 || token >= vocabulary) {
      throw new ExactError("token_out_of_range", `Token ${token} is not one of ${vocabulary}.`);
    }
    return surpriseAt(data, op.gridBits, logits.subarray(i * vocabulary, (i + 1) * vocabulary), token);
  });
}

/** Distances are below 2^24 and sums below 2^45: shifts and binary64 are exact. */
function surpriseAt(table: Int32Array, gridBits: number, logits: Int32Array, token: number): number {
  const shift = 12 - gridBits;
  const half = shift === 0 ? 0 : 1 << (shift - 1);
  let top = logits[0]!;
  for (let i = 1; i < logits.length; i++) if (logits[i]! > top) top = logits[i]!;
  let sum = 0;
  for (let i = 0; i < logits.length; i++) {
    const point = (top - logits[i]! + half) >> shift;
    if (point < table.length) sum += table[point]!;
  }
  return surpriseOf(sum, table[(top - logits[token]! + half) >> shift] ?? 0);
}
