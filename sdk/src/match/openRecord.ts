import type { CommittedMatchIndex, MatchOpening } from "./CommittedMatchIndex.js";

/**
 * Where a record begins and the next one would, as committed: of any value.
 *
 * @param place From 0, in the index
 * @throws MatchProofRefusedError `opening`
 */
export function openRecord(
  index: CommittedMatchIndex,
  place: number,
  opening: MatchOpening,
): { readonly start: number; readonly end: number } {
  const starts = index.numbers("starts", place, Math.min(index.recordCount, place + 2), opening);
  return { start: starts[0]!, end: starts[1] ?? index.textBytes };
}
