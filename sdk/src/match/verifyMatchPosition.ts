import { MatchProofRefusedError } from "../errors/MatchProofRefusedError.js";
import type { CommittedMatchIndex, MatchOpening } from "./CommittedMatchIndex.js";
import { demandNumber, demandPiece, fieldsOf } from "./demand.js";
import { openRecord } from "./openRecord.js";

/** That a piece of text stands in a record. */
export type MatchPositionClaim = {
  readonly piece: Uint8Array;
  /** Place of the record in the Datanet version. */
  readonly record: number;
  /** Bytes from the record's first. */
  readonly offset: number;
};

export type MatchPositionProof = {
  /** Of `starts`, at the record and, unless it is the last, at the next. */
  readonly starts: MatchOpening;
  /** Of the text, where the piece stands. */
  readonly text: MatchOpening;
};

/**
 * Returns when the piece stands there, wholly within the record.
 *
 * @throws MatchProofRefusedError
 */
export function verifyMatchPosition(
  index: CommittedMatchIndex,
  claim: MatchPositionClaim,
  proof: MatchPositionProof,
): void {
  const { piece, record, offset } = fieldsOf(claim, "claim");
  demandPiece(piece);
  const last = index.firstRecord + index.recordCount - 1;
  demandNumber("claim", "a record", record, index.firstRecord, last);
  demandNumber("claim", "an offset", offset, 0, index.textBytes);
  const { starts, text } = fieldsOf(proof, "position");

  const { start, end } = openRecord(index, record - index.firstRecord, starts);
  // The record's end is not a part of it.
  const length = end - 1 - start;
  if (offset + piece.length > length) {
    throw new MatchProofRefusedError(
      "position",
      `${piece.length} bytes at byte ${offset} of record ${record}`,
      `a record of ${length} bytes`,
    );
  }
  const found = index.text(start + offset, start + offset + piece.length, text);
  const differs = found.findIndex((byte, i) => byte !== piece[i]);
  if (differs >= 0) {
    throw new MatchProofRefusedError(
      "position",
      `byte ${piece[differs]} at byte ${offset + differs} of record ${record}`,
      `${found[differs]}`,
    );
  }
}
