import { MATCH_RECORD_END, type MatchArrayFaultProof } from "@openledger/sdk";
import type { MatchArrays } from "./MatchArrays.js";

/** Where `MatchArrayFaultProof` would show its fault. */
export type ArrayFault = Pick<MatchArrayFaultProof, "kind" | "rank">;

/** Where `MatchRecordFaultProof` would show its fault. */
export type RecordFault =
  | { readonly kind: "bounds"; readonly place: number }
  | { readonly kind: "end"; readonly place: number; readonly byte: number };

/**
 * A fault of `order` or `ranks`; undefined when they are what sorting the suffixes gives. Looks at each rank twice, the first
 * time for what the second would stumble over.
 */
export function findArrayFault({ text, order, ranks }: MatchArrays): ArrayFault | undefined {
  const n = text.length;
  for (let rank = 0; rank < n; rank++) {
    if (order[rank]! >= n) return { kind: "beyond_text", rank };
    if (ranks[order[rank]!] !== rank) return { kind: "not_inverse", rank };
  }
  const rest = (suffix: number): number => (suffix + 1 === n ? -1 : ranks[suffix + 1]!);
  for (let rank = 0; rank + 1 < n; rank++) {
    const [below, above] = [order[rank]!, order[rank + 1]!];
    const bytes = text[below]! - text[above]!;
    if (bytes > 0 || (bytes === 0 && rest(below) >= rest(above))) return { kind: "not_ascending", rank };
  }
  return undefined;
}

/** A fault of `starts`; undefined when they divide the text into its records. */
export function findRecordFault({ text, starts }: MatchArrays): RecordFault | undefined {
  const n = text.length;
  for (let place = 0; place + 1 < starts.length; place++) {
    const [start, end] = [starts[place]!, starts[place + 1]!];
    if (start >= end || end > n || (place === 0 && start !== 0)) return { kind: "bounds", place };
    const found = text.indexOf(MATCH_RECORD_END, start);
    if (found !== end - 1) return { kind: "end", place, byte: found < 0 ? end - 1 : Math.min(found, end - 1) };
  }
  return undefined;
}
