import type { Address, Hex } from "viem";
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

/**
 * One transaction that cancels a false epoch: the oracle contract's function and its arguments.
 * `kind` is the number of the proof, 1 to 6; `fault` says it in words.
 */
export type EpochProof = { readonly fault: string } & (
  | {
      readonly kind: 1;
      readonly functionName: "proveFirstCredit";
      readonly args: readonly [epoch: bigint, first: CreditOpening];
    }
  | {
      readonly kind: 1;
      readonly functionName: "proveCreditNeighbours";
      readonly args: readonly [epoch: bigint, left: CreditOpening, right: CreditOpening];
    }
  | {
      readonly kind: 2;
      readonly functionName: "proveCreditOutside";
      readonly args: readonly [epoch: bigint, credit: CreditOpening, receiptCount: bigint, top: Hex];
    }
  | {
      readonly kind: 2;
      readonly functionName: "proveCreditAmount";
      readonly args: readonly [
        epoch: bigint,
        credit: CreditOpening,
        receipt: ReceiptOpening,
        attribution: AttributionOpening,
      ];
    }
  | {
      readonly kind: 4;
      readonly functionName: "provePayout";
      readonly args: readonly [
        epoch: bigint,
        account: Address,
        newLeaf: Lookup<PayoutOpening>,
        previousLeaf: Lookup<PayoutOpening>,
        credit: Lookup<CreditOpening>,
      ];
    }
  | {
      readonly kind: 5 | 6;
      readonly functionName: "provePayoutNeighbours";
      readonly args: readonly [epoch: bigint, left: PayoutOpening, right: PayoutOpening];
    }
  | {
      readonly kind: 6;
      readonly functionName: "provePayoutTotal";
      readonly args: readonly [epoch: bigint, edge: PayoutOpening];
    }
);
