import type { Hex } from "viem";
import type { EpochProof } from "../actions/epoch/proveEpoch.js";
import type { BatchOpening } from "../hash/batch.js";
import type { Credit, Payout, Receipt, Share } from "../hash/types.js";

/** A credit with the proof of its place, as the contract takes it. */
export type CreditOpening = {
  readonly credit: Credit;
  readonly index: bigint;
  readonly count: bigint;
  readonly siblings: readonly Hex[];
};

export type PayoutOpening = {
  readonly payout: Payout;
  readonly index: bigint;
  readonly count: bigint;
  readonly siblings: readonly Hex[];
};

/** What a sorted tree says of an account: its leaf, or the neighbours of the place where it would be. */
export type Lookup<Opening> = {
  readonly present: boolean;
  readonly hasLeft: boolean;
  readonly hasRight: boolean;
  readonly left: Opening;
  readonly right: Opening;
};

export type ReceiptOpening = { readonly receipt: Receipt; readonly count: bigint; readonly siblings: readonly Hex[] };

export type AttributionOpening = {
  readonly shares: readonly Share[];
  readonly recordsHash: Hex;
  readonly methodHash: Hex;
};

/** What a receipt gives, with the way from its batch's header down to its shares. */
export type ReceiptEvidence = {
  readonly batch: BatchOpening;
  readonly receipt: ReceiptOpening;
  readonly attribution: AttributionOpening;
};

/** What is false in a proposed epoch, and the one transaction that cancels it. */
export type EpochFault =
  | {
      /** Number of the proof, as the contract's event names it. */
      readonly kind: 1 | 2 | 4 | 5 | 6;
      /** What is false, in words. */
      readonly fault: string;
      readonly proof: EpochProof;
    }
  | {
      readonly kind: 2 | 3;
      readonly fault: string;
      /** The batch whose header the proof has to show. */
      readonly batch: bigint;
      readonly proofBy: (opening: BatchOpening) => EpochProof;
    };
