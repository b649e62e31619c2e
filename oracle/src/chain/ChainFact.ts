import type { Hex } from "viem";
import type { ProtocolEvent } from "./ProtocolEvent.js";

export interface BlockHeader {
  readonly number: bigint;
  readonly hash: Hex;
  /** Undefined where only the block's own hash is known. */
  readonly parentHash: Hex | undefined;
}

/**
 * What the chain is, as a stream: blocks are appended, or taken back to a common ancestor before others are appended.
 * Whoever applies the facts in order holds the newest branch.
 */
export type ChainFact =
  /** `headers` ascending; far below the head only the last of a range. `events` in order, each in `(before, last]`. */
  | { readonly kind: "blocks"; readonly headers: readonly BlockHeader[]; readonly events: readonly ProtocolEvent[] }
  /** All blocks above `ancestor` are orphaned. */
  | { readonly kind: "reorganisation"; readonly ancestor: bigint; readonly newest: bigint }
  /** No block up to this one will be orphaned. */
  | { readonly kind: "finalised"; readonly number: bigint };
