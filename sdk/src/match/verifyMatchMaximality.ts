import { MatchProofRefusedError } from "../errors/MatchProofRefusedError.js";
import type { CommittedMatchIndex } from "./CommittedMatchIndex.js";
import { demandNumber, fieldsOf } from "./demand.js";
import { type MatchAbsenceProof, verifyMatchAbsence } from "./verifyMatchAbsence.js";
import { type MatchCountProof, verifyMatchCount } from "./verifyMatchCount.js";

/** Most bytes of a character of UTF-8. */
const MAX_CHARACTER_BYTES = 4;

/**
 * That a part of an answer stands in the records so often, and not at all with one more character of the answer on either
 * side. Of several indices, each in which the part stands has its own proof, and the others one of its absence.
 */
export type MatchMaximalityClaim = {
  /** Canonical UTF-8. */
  readonly answer: Uint8Array;
  /** Bytes of the answer, first and the one behind the last, whole characters. */
  readonly from: number;
  readonly to: number;
  /** From 1. */
  readonly count: number;
};

export type MatchMaximalityProof = {
  readonly occurs: MatchCountProof;
  /** Of the part with the character to its left; none is needed at the answer's beginning. */
  readonly left?: MatchAbsenceProof | undefined;
  /** Of the part with the character to its right; none is needed at the answer's end. */
  readonly right?: MatchAbsenceProof | undefined;
};

/**
 * Returns when the part occurs so often and cannot be extended.
 *
 * @throws MatchProofRefusedError
 */
export function verifyMatchMaximality(
  index: CommittedMatchIndex,
  claim: MatchMaximalityClaim,
  proof: MatchMaximalityProof,
): void {
  const { answer, from, to, count } = fieldsOf(claim, "claim");
  if (!(answer instanceof Uint8Array)) throw new MatchProofRefusedError("claim", "an answer of bytes", typeof answer);
  const { left, right } = matchExtensions(answer, from, to);
  const { occurs, left: leftProof, right: rightProof } = fieldsOf(proof, "maximality");

  verifyMatchCount(index, { piece: answer.subarray(from, to), count }, occurs);
  for (const [side, piece, absence] of [
    ["left", left, leftProof],
    ["right", right, rightProof],
  ] as const) {
    if (piece === undefined) continue;
    if (absence === undefined) {
      throw new MatchProofRefusedError("maximality", `no extension to the ${side}`, "no proof of its absence");
    }
    verifyMatchAbsence(index, { piece }, absence);
  }
}

/**
 * A part of an answer with the character to its left, and with the one to its right; undefined where the answer ends.
 *
 * @throws MatchProofRefusedError `claim` when the part does not lie in the answer or splits a character
 */
export function matchExtensions(
  answer: Uint8Array,
  from: number,
  to: number,
): { readonly left: Uint8Array | undefined; readonly right: Uint8Array | undefined } {
  demandNumber("claim", "a part's end", to, 1, answer.length);
  demandNumber("claim", "a part's beginning", from, 0, to - 1);
  for (const edge of [from, to]) {
    if (isContinuation(answer, edge)) {
      throw new MatchProofRefusedError(
        "claim",
        `a character to begin at byte ${edge} of the answer`,
        "one that goes on",
      );
    }
  }
  let [before, behind] = [from - 1, to + 1];
  while (isContinuation(answer, before) && from - before < MAX_CHARACTER_BYTES) before--;
  while (isContinuation(answer, behind) && behind - to < MAX_CHARACTER_BYTES) behind++;
  if ((from > 0 && before < 0) || isContinuation(answer, before) || isContinuation(answer, behind)) {
    throw new MatchProofRefusedError("claim", "an answer of UTF-8", `no character around bytes ${from} to ${to}`);
  }
  return {
    left: from === 0 ? undefined : answer.subarray(before, to),
    right: to === answer.length ? undefined : answer.subarray(from, behind),
  };
}

function isContinuation(text: Uint8Array, at: number): boolean {
  return (text[at]! & 0xc0) === 0x80;
}
