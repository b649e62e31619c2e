import { MatchProofRefusedError } from "../errors/MatchProofRefusedError.js";
import { type MatchBoundary, openBoundary } from "./boundary.js";
import type { CommittedMatchIndex } from "./CommittedMatchIndex.js";
import { demandNumber, demandPiece, fieldsOf } from "./demand.js";

/** That a piece of text stands in no record. */
export type MatchAbsenceClaim = { readonly piece: Uint8Array };

/** The neighbours in the order between which its suffixes would stand. */
export type MatchAbsenceProof = {
  /** Of the upper one; 0 or n where the piece would stand before or behind all. */
  readonly rank: number;
  readonly between: MatchBoundary;
};

/**
 * Returns when the piece does not occur.
 *
 * @throws MatchProofRefusedError
 */
export function verifyMatchAbsence(
  index: CommittedMatchIndex,
  claim: MatchAbsenceClaim,
  proof: MatchAbsenceProof,
): void {
  const { piece } = fieldsOf(claim, "claim");
  demandPiece(piece);
  const { rank, between } = fieldsOf(proof, "absence");
  demandNumber("absence", "a rank", rank, 0, index.textBytes);

  const { below, above } = openBoundary(index, rank, piece, between);
  for (const [at, expected, found] of [
    [rank - 1, "less", below],
    [rank, "greater", above],
  ] as const) {
    if (found === undefined || found === expected) continue;
    const relation = found === "begins" ? "a suffix that begins with it" : `a suffix that is ${found}`;
    throw new MatchProofRefusedError("absence", `a suffix that is ${expected} than the piece at rank ${at}`, relation);
  }
}
