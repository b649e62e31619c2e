import { MatchProofRefusedError } from "../errors/MatchProofRefusedError.js";
import type { CommittedMatchIndex, MatchOpening } from "./CommittedMatchIndex.js";
import { demandNumber, fieldsOf } from "./demand.js";

/**
 * Why `order` is not what sorting the suffixes of the text gives, or `ranks` not its inverse. Where none of the three can be
 * shown at any rank, they are: all of `order` lies in the text and no two ranks share a suffix, so that it is a permutation
 * with `ranks` as its inverse; and then neighbours that ascend by first byte and rank of the rest ascend as suffixes. This is
 * the checker of S. Burkhardt and J. Kärkkäinen, "Fast lightweight suffix array construction and checking", CPM 2003.
 */
export type MatchArrayFaultProof =
  /** order[rank] ≥ n. */
  | { readonly kind: "beyond_text"; readonly rank: number; readonly order: MatchOpening }
  /** ranks[order[rank]] ≠ rank. */
  | {
      readonly kind: "not_inverse";
      readonly rank: number;
      readonly order: MatchOpening;
      /** Of `ranks`, at order[rank]. */
      readonly ranks: MatchOpening;
    }
  /** The suffix of `rank` is not less than that of `rank + 1`, by its first byte and the rank of what follows it. */
  | {
      readonly kind: "not_ascending";
      readonly rank: number;
      /** Of `order`, at `rank` and `rank + 1`. */
      readonly order: MatchOpening;
      readonly below: SuffixHead;
      readonly above: SuffixHead;
    };

export type SuffixHead = {
  /** Of the text, at the suffix's first byte. */
  readonly text: MatchOpening;
  /** Of `ranks`, at the byte behind it; none at the end of the text, which is less than everything. */
  readonly rest?: MatchOpening | undefined;
};

/**
 * Returns when the fault is there. No proof of one verifies against the columns that sorting gives.
 *
 * @throws MatchProofRefusedError
 */
export function verifyMatchArrayFault(index: CommittedMatchIndex, proof: MatchArrayFaultProof): void {
  const n = index.textBytes;
  const { kind, rank } = fieldsOf(proof, "array_fault");
  demandNumber("array_fault", "a rank", rank, 0, n - 1);
  switch (proof.kind) {
    case "beyond_text": {
      const suffix = index.numbers("order", rank, rank + 1, proof.order)[0]!;
      if (suffix < n) throw refused(`order[${rank}] to be ${n} or more`, `${suffix}`);
      return;
    }
    case "not_inverse": {
      const suffix = inText(n, rank, index.numbers("order", rank, rank + 1, proof.order)[0]!);
      const found = index.numbers("ranks", suffix, suffix + 1, proof.ranks)[0]!;
      if (found === rank) throw refused(`ranks[${suffix}] not to be ${rank}`, `${found}`);
      return;
    }
    case "not_ascending": {
      demandNumber("array_fault", "a rank before another", rank, 0, n - 2);
      const suffixes = index.numbers("order", rank, rank + 2, proof.order);
      const below = headOf(index, inText(n, rank, suffixes[0]!), proof.below);
      const above = headOf(index, inText(n, rank + 1, suffixes[1]!), proof.above);
      if (below.byte < above.byte || (below.byte === above.byte && below.rest < above.rest)) {
        throw refused(
          `the suffix of rank ${rank} not to be less than the next`,
          `byte ${below.byte} and rank ${below.rest} before byte ${above.byte} and rank ${above.rest}`,
        );
      }
      return;
    }
    default:
      throw refused("beyond_text, not_inverse or not_ascending", `${kind}`);
  }
}

function headOf(index: CommittedMatchIndex, suffix: number, head: SuffixHead): { byte: number; rest: number } {
  const { text, rest } = fieldsOf(head, "array_fault");
  const byte = index.text(suffix, suffix + 1, text)[0]!;
  const next = suffix + 1;
  return { byte, rest: next === index.textBytes ? -1 : index.numbers("ranks", next, next + 1, rest)[0]! };
}

/** A suffix beyond the text is a fault of its own, and nothing stands there that could be opened. */
function inText(n: number, rank: number, suffix: number): number {
  if (suffix >= n) throw refused(`order[${rank}] to be less than ${n}`, `${suffix}`);
  return suffix;
}

function refused(claimed: string, found: string): MatchProofRefusedError {
  return new MatchProofRefusedError("array_fault", claimed, found);
}
