import type { Hex } from "viem";
import type { BatchPlace, OutboxTransaction } from "../store/BatchLedger.js";
import type { ChannelState } from "./checkVoucher.js";

/** The arguments of the market's `settle`. */
export interface SettleCall {
  readonly rows: Hex;
  readonly receiptsRoot: Hex;
  readonly dataHash: Hex;
  readonly configCode: number;
  /** What it settles in all, base units: the market refuses to settle another amount. */
  readonly amount: bigint;
}

/** Why the market would not take a settlement. */
export interface Refusal {
  readonly kind: "reverts" | "settles_nothing";
  readonly reason: string;
  /** The channel at fault, when the market names one. */
  readonly channel: Hex | undefined;
}

export type TransactionOutcome =
  | { readonly state: "unknown" }
  | { readonly state: "settled"; readonly place: BatchPlace }
  | { readonly state: "reverted" }
  /** Mined, but all of it had been paid before: no batch was made. */
  | { readonly state: "settled_nothing" };

/** What settling needs of the chain. Every method @throws RunnerError `chain_unavailable`. */
export interface SettlementChain {
  head(): Promise<{ readonly number: bigint; readonly hash: Hex; readonly timestamp: bigint }>;
  /** Undefined when the chain has no such block. */
  blockHash(number: bigint): Promise<Hex | undefined>;
  channel(channel: Hex): Promise<ChannelState | undefined>;
  configCode(): Promise<number>;
  /** Where a batch with this root stands; it is looked for from a block on. */
  findBatch(receiptsRoot: Hex, fromBlock: bigint): Promise<BatchPlace | undefined>;
  /** Tries the settlement against the newest state; undefined when the market would take it. */
  refusal(call: SettleCall): Promise<Refusal | undefined>;
  /** Signs without sending. A replacement pays more than what it replaces. */
  sign(call: SettleCall, replaced?: OutboxTransaction): Promise<OutboxTransaction>;
  /** Sends a signed transaction; sending it again is harmless. */
  send(transaction: OutboxTransaction): Promise<void>;
  outcome(transaction: OutboxTransaction): Promise<TransactionOutcome>;
  /** How many transactions of the runner's account are mined. */
  minedNonce(): Promise<number>;
}
