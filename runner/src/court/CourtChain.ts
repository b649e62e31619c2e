import type { Batch, DisclosedRange, MerkleTree, Revelation } from "@openledger/sdk";
import type { Hex } from "viem";
import type { OutboxTransaction } from "../store/BatchLedger.js";
import type { ReceiptDemand } from "../store/DemandLedger.js";

/** What the runner says to the court. */
export type CourtCall =
  | { readonly name: "reveal"; readonly batch: Batch; readonly index: number; readonly revelation: Revelation }
  | {
      readonly name: "revealAbsent";
      readonly batch: Batch;
      readonly index: number;
      readonly tree: Pick<MerkleTree, "count" | "top">;
    }
  | { readonly name: "disclose"; readonly batch: Batch; readonly range: DisclosedRange }
  | { readonly name: "release"; readonly batch: Batch };

export type DemandState = "none" | "open" | "revealed" | "absent" | "returned";

/** A demand as the court holds it. */
export interface CourtDemand {
  readonly state: DemandState;
  /** Of a whole batch: receipts shown so far, from the first on. */
  readonly shown: number;
}

/** What answering demands needs of the chain. Every method @throws RunnerError `chain_unavailable`. */
export interface CourtChain {
  head(): Promise<{ readonly number: bigint; readonly hash: Hex; readonly timestamp: bigint }>;
  /** When a block was made, seconds since 1970. */
  timestampOf(block: bigint): Promise<bigint>;
  /** The first block that can hold a demand. */
  readonly startBlock: bigint;
  /** Demands of this runner's receipts in `[from, to]`. */
  demands(from: bigint, to: bigint): Promise<readonly ReceiptDemand[]>;
  demandOf(batch: bigint, index: number): Promise<CourtDemand>;
  /** Undefined when the chain has no such batch. */
  header(batch: bigint): Promise<Batch | undefined>;
  /** Seconds in which a batch is tried, and in which an answer is taken. */
  clocks(): Promise<{ readonly trial: bigint; readonly reveal: bigint }>;
  /** Tries a call against the newest state: the court's error by name, with its values; undefined when it would be taken. */
  refusal(call: CourtCall): Promise<string | undefined>;
  sign(call: CourtCall, replaced?: OutboxTransaction): Promise<OutboxTransaction>;
  send(transaction: OutboxTransaction): Promise<void>;
  /** The places `[first, end)` of the receipts that a signed transaction shows of a whole batch; undefined for other transactions. */
  shownBy(transaction: OutboxTransaction): { readonly first: number; readonly end: number } | undefined;
  minedNonce(): Promise<number>;
}
