import type { Hex } from "viem";
import type { BatchProof } from "../actions/court/proveBatch.js";
import type { Receipt } from "../hash/types.js";

/** A receipt with the proof of its place, as the receipt court takes it. */
export type PlacedReceipt = {
  readonly receipt: Receipt;
  readonly index: bigint;
  readonly count: bigint;
  readonly siblings: readonly Hex[];
};

/** A receipt and its runner's signature, 65 bytes. */
export type SignedReceipt = { readonly receipt: Receipt; readonly signature: Hex };

/** Why a batch falls, as the court's event names it by number from 1. */
export type BatchFaultKind = "broken_chain" | "false_edge" | "unsettled" | "uncovered" | "false_fee" | "omitted";

/** What is false in a batch, and the one transaction that voids it. */
export type BatchFault = {
  readonly kind: BatchFaultKind;
  /** What is false, in words. */
  readonly fault: string;
  readonly proof: BatchProof;
};
