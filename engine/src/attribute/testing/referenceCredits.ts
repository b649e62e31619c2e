import type { ValueId } from "../../exact/program/Op.js";
import type { Program } from "../../exact/program/Program.js";
import type { Row } from "../../exact/reference/Row.js";
import { referenceOp } from "../../exact/reference/referenceOp.js";
import { tinyProgram } from "../../exact/testing/tinyProgram.js";
import { type AnswerCodes, type PositionCodes, sliceCodes } from "../codes.js";
import type { IndexRows } from "../indexTable.js";
import { creditsOf, withIndexes } from "../withIndexes.js";

/**
 * Credits by the operations of an exact program and its slow reference: one position for each token of the answer, whose
 * codes and surprises are given. The judge of `creditRecords`.
 *
 * @returns for each index `[tokens, records]`
 */
export function referenceCredits(indexes: readonly IndexRows[], answer: AnswerCodes, vocabulary: number): number[][][] {
  const program = withIndexes(tinyProgram({ attribution: "base", vocabulary }), indexes);
  const credits = creditsOf(program);
  const passes = new Map(answer.passes?.map(({ at, before }) => [at, before]));
  const perToken: number[][][] = [];
  let run = new AttributionRun(program);
  answer.ids.forEach((_, t) => {
    const before = passes.get(t);
    if (before !== undefined) {
      run = new AttributionRun(program);
      for (const p of before.ids.keys()) run.add(sliceCodes(before, p, p + 1));
    }
    const rows = run.add(sliceCodes(answer, t, t + 1));
    perToken.push(credits.map((value) => [...rows.get(value)!]));
  });
  return credits.map((_, index) => perToken.map((found) => found[index]!));
}

/** The attribution block of a program, position by position from 0. */
class AttributionRun {
  private readonly rows: Map<ValueId, Row>[] = [];

  constructor(private readonly program: Program) {}

  /** @param codes of one position */
  add({ ids, surprises, codes }: PositionCodes): ReadonlyMap<ValueId, Row> {
    const { program, rows } = this;
    const position = rows.length;
    rows.push(
      new Map<ValueId, Row>([
        [program.codes!, codes],
        [program.surprise!, surprises],
      ]),
    );
    const source = {
      row: (value: ValueId, at: number) => rows[at]!.get(value)!,
      token: (at: number) => (at === position + 1 ? ids[0] : 0),
    };
    const { from, to } = program.blocks.at(-1)!;
    for (let op = from; op < to; op++) rows[position]!.set(op, referenceOp(program, op, position, source));
    return rows[position]!;
  }
}

/** An index of these rows, with θ of tokens. */
export function indexOf(rows: readonly PositionCodes[], threshold: (token: number) => number): IndexRows {
  return { recordCount: rows.length, row: (record) => rows[record]!, threshold };
}
