import type { ValueId } from "../../exact/program/Op.js";
import type { Row } from "../../exact/reference/Row.js";
import { referenceOp } from "../../exact/reference/referenceOp.js";
import { tinyProgram } from "../../exact/testing/tinyProgram.js";
import { CODE_BYTES, type PositionCodes } from "../codes.js";
import type { IndexRows } from "../indexTable.js";
import { creditsOf, withIndexes } from "../withIndexes.js";

/**
 * Credits by the operations of an exact program and its slow reference: one position for each token of the answer, whose
 * codes and surprises are given. The judge of `creditRecords`.
 *
 * @returns for each index `[tokens, records]`
 */
export function referenceCredits(
  indexes: readonly IndexRows[],
  answer: PositionCodes,
  vocabulary: number,
): number[][][] {
  const program = withIndexes(tinyProgram({ attribution: "base", vocabulary }), indexes);
  const block = program.blocks.at(-1)!;
  const credits = creditsOf(program);
  const perToken = Array.from(answer.ids, (_, t) => {
    const rows = new Map<ValueId, Row>([
      [program.codes!, answer.codes.subarray(t * CODE_BYTES, (t + 1) * CODE_BYTES)],
      [program.surprise!, answer.surprises.subarray(t, t + 1)],
    ]);
    const source = {
      row: (value: ValueId) => rows.get(value)!,
      token: (position: number) => (position === 0 ? 0 : answer.ids[t]),
    };
    for (let op = block.from; op < block.to; op++) rows.set(op, referenceOp(program, op, 0, source));
    return credits.map((value) => [...rows.get(value)!]);
  });
  return credits.map((_, index) => perToken.map((found) => found[index]!));
}

/** An index of these rows, with θ of tokens. */
export function indexOf(rows: readonly PositionCodes[], threshold: (token: number) => number): IndexRows {
  return { recordCount: rows.length, row: (record) => rows[record]!, threshold };
}
