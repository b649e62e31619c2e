import { MatchProofRefusedError } from "../errors/MatchProofRefusedError.js";
import { MATCH_RECORD_END } from "./bounds.js";
import type { CommittedMatchIndex, MatchOpening } from "./CommittedMatchIndex.js";
import { demandNumber, fieldsOf } from "./demand.js";
import { openRecord } from "./openRecord.js";

/**
 * Why `starts` does not divide the text into records. Where neither can be shown of any record, it does: they stand one behind
 * another from the first byte to the last, each with one end, which is its last byte.
 */
export type MatchRecordFaultProof =
  /** The first record begins elsewhere than at byte 0, or a record does not end behind its beginning and within the text. */
  | {
      readonly kind: "bounds";
      /** Place of the record in the index, from 0. */
      readonly place: number;
      /** Of `starts`, at the record and, unless it is the last, at the next. */
      readonly starts: MatchOpening;
    }
  /** A byte of a record is its end though not its last, or its last though not its end. */
  | {
      readonly kind: "end";
      readonly place: number;
      /** Of the text. */
      readonly byte: number;
      readonly starts: MatchOpening;
      /** Of the text, at that byte. */
      readonly text: MatchOpening;
    };

/**
 * Returns when the fault is there. No proof of one verifies against the starts of the text's records.
 *
 * @throws MatchProofRefusedError
 */
export function verifyMatchRecordFault(index: CommittedMatchIndex, proof: MatchRecordFaultProof): void {
  const { kind, place, starts } = fieldsOf(proof, "record_fault");
  demandNumber("record_fault", "a record", place, 0, index.recordCount - 1);
  const { start, end } = openRecord(index, place, starts);
  const stands = `the record to stand at bytes ${start} to ${end} of ${index.textBytes}`;
  switch (proof.kind) {
    case "bounds":
      if (start < end && end <= index.textBytes && (place > 0 || start === 0)) {
        throw refused(`record ${place} out of bounds`, stands);
      }
      return;
    case "end": {
      const { byte } = proof;
      if (!(Number.isInteger(byte) && start <= byte && byte < end)) {
        throw refused(`byte ${byte} in record ${place}`, stands);
      }
      const found = index.text(byte, byte + 1, proof.text)[0]!;
      if ((found === MATCH_RECORD_END) === (byte === end - 1)) {
        throw refused(`record ${place} not to end at its last byte alone`, `byte ${found} at ${byte}, and ${stands}`);
      }
      return;
    }
    default:
      throw refused("bounds or end", `${kind}`);
  }
}

function refused(claimed: string, found: string): MatchProofRefusedError {
  return new MatchProofRefusedError("record_fault", claimed, found);
}
