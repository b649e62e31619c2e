import type { Address, Hex } from "viem";
import type { Check } from "../trace/CheckList.js";

/**
 * What an account is credited with, newest first. Amounts are base units as decimal strings.
 *
 * Which epochs and batches there are, their ranges and stages are the chain's word, and what the index says otherwise, hides or
 * repeats is a failed check. Where one failed, what the index hides is not listed.
 */
export type Earnings = {
  readonly ok: boolean;
  readonly account: Address;
  /** A pool's account is its Datanet's number. */
  readonly kind: "contributor" | "pool";
  /** All credits up to and with the newest epoch that was read, by its pay-out tree; undefined where none could be read. */
  readonly credited: { readonly epoch: string; readonly amount: string } | undefined;
  /**
   * Number of the epoch in its window that `credited` goes by: its roots can still be cancelled, and what its lists leave out of
   * the range's receipts is not looked for. Undefined where only final epochs were read.
   */
  readonly unproven: string | undefined;
  /** What the distributor has paid out of it, as the chain says now. */
  readonly paid: string | undefined;
  /** Only those with a receipt that concerns the account. */
  readonly ranges: readonly EarningRange[];
  /** Older batches behind the newest posted epoch that were not looked into; how many there are is the chain's word. */
  readonly unreadBatches: number;
  /** Of epochs before the oldest that was read, all together; undefined where nothing is left. */
  readonly earlier: { readonly beforeEpoch: string; readonly amount: string } | undefined;
  /** How to ask for what comes next; undefined at the end. `skip`: credits of the epochs before `before`. */
  readonly next: { readonly before: string; readonly skip: number } | undefined;
  readonly checks: readonly Check[];
};

/**
 * What became of a range of batches, as the chain said when it was asked: `final`: its credits stand; `window`: they are posted and
 * a proof can still cancel them; `cancelled`: an open epoch whose newest roots were; `open`: one that has had none; `settled`: in no
 * epoch yet. The transactions are those that the index names, each held against the event that it left.
 */
export type EarningStage = "final" | "window" | "cancelled" | "open" | "settled";

export type EarningRange = {
  readonly stage: EarningStage;
  /** Undefined while they are in none. */
  readonly epoch: string | undefined;
  /** Of the epoch, as the chain has it; of `settled` the oldest and the newest that were read. */
  readonly firstBatch: string;
  readonly lastBatch: string;
  /** Of `final` and `window`, as the proposal's event has it. */
  readonly creditsRoot: Hex | undefined;
  /** Timestamp before which a root in its window is not final, as the chain said when it was asked. */
  readonly finalizableAt: string | undefined;
  /** Undefined where there is none, or a check of it failed. */
  readonly transactions: {
    readonly proposed: Hex | undefined;
    readonly finalized: Hex | undefined;
    readonly cancelled: Hex | undefined;
  };
  readonly receipts: readonly EarnedReceipt[];
  /** Further receipts of this range that concern the account; of `open`, `cancelled` and `settled` of those batches that were read. */
  readonly more: number;
};

export type EarnedReceipt = {
  readonly batch: string;
  /** Place in the batch, from 0. */
  readonly receiptIndex: number;
  /** What `openledger trace` takes. Undefined, like what follows from it, where the batch's file is not to be had. */
  readonly receiptHash: Hex | undefined;
  readonly model: string | undefined;
  /** Of 65,536. */
  readonly share: number | undefined;
  /** Credited or, in a range without roots that stand, what its share of the fee comes to. */
  readonly amount: string;
};
