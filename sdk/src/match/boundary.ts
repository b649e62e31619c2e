import { MatchProofRefusedError } from "../errors/MatchProofRefusedError.js";
import type { CommittedMatchIndex, MatchOpening } from "./CommittedMatchIndex.js";
import { fieldsOf } from "./demand.js";

/**
 * Two neighbours in the order of the suffixes, or the one that there is at either end of it. An index without text has neither.
 *
 * Bytes, for a piece that lies within a block wherever it is opened, in n bytes of text, where d(c) = ceil(log2(ceil(c / 256))):
 * 256 + 32·d(4n) + 2·(256 + 32·d(n)). Each further block that is touched adds 256, and a run of blocks at most 32·d(c).
 */
export type MatchBoundary = {
  /** Of `order`, at the ranks of both. */
  readonly order?: MatchOpening | undefined;
  /** Of the text, as many bytes as the piece has, or are left, from where the lower suffix begins. */
  readonly below?: MatchOpening | undefined;
  /** The same of the upper suffix. */
  readonly above?: MatchOpening | undefined;
};

/** What a suffix is to a piece: less, greater, or one that begins with it. */
export type SuffixRelation = "less" | "begins" | "greater";

/** Undefined where the order ends. */
export type BoundaryRelations = {
  readonly below: SuffixRelation | undefined;
  readonly above: SuffixRelation | undefined;
};

/**
 * What the suffixes of ranks `rank − 1` and `rank` are to a piece.
 *
 * @param rank 0 to n, inclusive
 * @throws MatchProofRefusedError `opening`
 */
export function openBoundary(
  index: CommittedMatchIndex,
  rank: number,
  piece: Uint8Array,
  boundary: MatchBoundary,
): BoundaryRelations {
  const { order, below, above } = fieldsOf(boundary, "opening");
  const n = index.textBytes;
  const [first, end] = [Math.max(0, rank - 1), Math.min(n, rank + 1)];
  const suffixes = first === end ? [] : index.numbers("order", first, end, order);

  const relationOf = (at: number, opening: MatchOpening | undefined): SuffixRelation | undefined => {
    if (at < first || at >= end) return undefined;
    const suffix = suffixes[at - first]!;
    if (suffix >= n) {
      throw new MatchProofRefusedError("opening", `a suffix of ${n} bytes of text at rank ${at}`, `byte ${suffix}`);
    }
    return relation(index.text(suffix, Math.min(n, suffix + piece.length), opening), piece);
  };
  return { below: relationOf(rank - 1, below), above: relationOf(rank, above) };
}

/** @param suffix Its first bytes, fewer than the piece has only where the text ends: its end is less than everything */
function relation(suffix: Uint8Array, piece: Uint8Array): SuffixRelation {
  const differs = suffix.findIndex((byte, i) => byte !== piece[i]);
  if (differs >= 0) return suffix[differs]! < piece[differs]! ? "less" : "greater";
  return suffix.length < piece.length ? "less" : "begins";
}
