import type { BlockHeader } from "./ChainFact.js";
import type { ProtocolEvent } from "./ProtocolEvent.js";

/** What following needs of a node. Every method @throws OracleError `chain_unavailable`. */
export interface ChainSource {
  /** Number of the newest block. */
  head(): Promise<bigint>;
  /** Number of the newest block that the node calls final. */
  finalised(): Promise<bigint>;
  /** Headers of the blocks asked for, in that order; undefined for a block that does not exist. */
  headers(numbers: readonly bigint[]): Promise<readonly (BlockHeader | undefined)[]>;
  /** The protocol's events in `[from, to]`, in order. */
  events(from: bigint, to: bigint): Promise<readonly ProtocolEvent[]>;
}
