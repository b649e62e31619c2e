import { MatchProofRefusedError } from "../errors/MatchProofRefusedError.js";
import { type MatchBoundary, openBoundary } from "./boundary.js";
import type { CommittedMatchIndex } from "./CommittedMatchIndex.js";
import { demandNumber, demandPiece, fieldsOf } from "./demand.js";

/** That a piece of text stands in the records exactly so often. For none there is `MatchAbsenceProof`. */
export type MatchCountClaim = {
  readonly piece: Uint8Array;
  /** From 1. */
  readonly count: number;
};

/** All suffixes that begin with the piece are neighbours in the order: where they begin and end is their number. */
export type MatchCountProof = {
  /** Rank of the first of them. */
  readonly first: number;
  /** At that rank. */
  readonly low: MatchBoundary;
  /** At the rank behind the last of them. */
  readonly high: MatchBoundary;
};

/**
 * Returns when the piece occurs so often, at places that may overlap.
 *
 * @throws MatchProofRefusedError
 */
export function verifyMatchCount(index: CommittedMatchIndex, claim: MatchCountClaim, proof: MatchCountProof): void {
  const { piece, count } = fieldsOf(claim, "claim");
  demandPiece(piece);
  demandNumber("claim", "a count", count, 1, index.textBytes);
  const { first, low, high } = fieldsOf(proof, "count");
  demandNumber("count", "a first rank", first, 0, index.textBytes - count);

  const demand = (rank: number, expected: string, found: string | undefined): void => {
    // Nothing stands beyond the ends of the order.
    if (found === undefined || found === expected) return;
    const claimed = `rank ${rank} to be ${describe(expected)} the piece, that stands ${count} times from rank ${first} on`;
    throw new MatchProofRefusedError("count", claimed, describe(found));
  };
  const end = first + count;
  const atFirst = openBoundary(index, first, piece, low);
  demand(first - 1, "less", atFirst.below);
  demand(first, "begins", atFirst.above);
  const atEnd = openBoundary(index, end, piece, high);
  demand(end - 1, "begins", atEnd.below);
  demand(end, "greater", atEnd.above);
}

function describe(relation: string): string {
  return relation === "begins" ? "begun with" : `${relation} than`;
}
