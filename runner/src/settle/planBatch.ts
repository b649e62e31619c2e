/**
 * Chooses what the next batch settles.
 *
 * Of each (channel, model) a batch takes receipts from the first unsettled one on, as many as it has room for, the channel
 * still holds the amount of and a voucher that is still good covers: the market is shown the last receipt's `cumulative` and
 * its voucher or, where that one expired, a later one of the pair, for a voucher covers all before it. What is left out is not
 * lost: the next batch of the pair starts where this one ends.
 */
import { compareReceipts, type Receipt, type Voucher } from "@openledger/sdk";
import type { Hex } from "viem";
import type { ChannelState } from "./checkVoucher.js";

/** An unsettled receipt with the voucher that pays for it. */
export interface Unsettled {
  readonly hash: Hex;
  readonly receipt: Receipt;
  readonly voucher: Voucher;
  /** The voucher's, 65 bytes. */
  readonly voucherSignature: Hex;
}

export interface BatchPlan {
  /** In the order of the batch's tree. */
  readonly receipts: readonly Unsettled[];
  /** The last receipt of each (channel, model), whose cumulative is taken, with the voucher that is shown. */
  readonly last: readonly Unsettled[];
  readonly leftOut: readonly LeftOut[];
}

/** Receipts of one (channel, model) that cannot be settled now. */
export interface LeftOut {
  readonly channel: Hex;
  readonly model: bigint;
  readonly count: number;
  readonly amount: bigint;
  readonly reason: "voucher_expired" | "channel_exhausted" | "unknown_channel";
}

export interface BatchLimits {
  /** When the batch may be mined, seconds since 1970. */
  readonly minedAt: bigint;
  readonly receipts: number;
  readonly rows: number;
}

/** @param channels The market's state of every channel among the receipts; undefined where there is none. */
export function planBatch(
  unsettled: readonly Unsettled[],
  channels: ReadonlyMap<Hex, ChannelState | undefined>,
  limits: BatchLimits,
): BatchPlan {
  const receipts: Unsettled[] = [];
  const last: Unsettled[] = [];
  const leftOut: LeftOut[] = [];
  const spent = new Map<Hex, bigint>();
  for (const group of groups(unsettled)) {
    const room = limits.receipts - receipts.length;
    if (room <= 0 || last.length >= limits.rows) break;

    const { channel, model } = group[0]!.receipt;
    const state = channels.get(channel);
    const available = state === undefined ? 0n : takeable(state, limits.minedAt) - (spent.get(channel) ?? 0n);
    const before = group[0]!.receipt.cumulative - group[0]!.receipt.fee;
    const covered = group.filter(({ receipt }) => receipt.cumulative - before <= available);
    const isGood = ({ voucher }: Unsettled) => voucher.deadline >= limits.minedAt;
    const size = Math.min(covered.length, room, group.findLastIndex(isGood) + 1);

    const taken = group.slice(0, size);
    const end = taken[taken.length - 1];
    const paying = group.slice(Math.max(size - 1, 0)).find(isGood);
    if (end !== undefined && paying !== undefined) {
      receipts.push(...taken);
      last.push({ ...end, voucher: paying.voucher, voucherSignature: paying.voucherSignature });
      spent.set(channel, (spent.get(channel) ?? 0n) + end.receipt.cumulative - before);
    }
    const rest = group.slice(size);
    if (rest.length > 0 && rest.length > group.length - room) {
      const reason =
        state === undefined
          ? "unknown_channel"
          : covered.length < group.length
            ? "channel_exhausted"
            : "voucher_expired";
      const amount = rest.reduce((sum, { receipt }) => sum + receipt.fee, 0n);
      leftOut.push({ channel, model, count: rest.length, amount, reason });
    }
  }
  return { receipts, last, leftOut };
}

/** What the market lets a runner take: what thaws is the payer's from `thawEnd` on. */
function takeable(state: ChannelState, minedAt: bigint): bigint {
  const held = state.thawEnd !== 0n && minedAt >= state.thawEnd ? state.balance - state.thawing : state.balance;
  return held - state.claimed;
}

function groups(unsettled: readonly Unsettled[]): readonly (readonly Unsettled[])[] {
  const sorted = [...unsettled].sort((a, b) => compareReceipts(a.receipt, b.receipt));
  const all: Unsettled[][] = [];
  for (const entry of sorted) {
    const group = all[all.length - 1];
    const same =
      group?.[0]?.receipt.channel === entry.receipt.channel && group[0].receipt.model === entry.receipt.model;
    if (same) group.push(entry);
    else all.push([entry]);
  }
  return all;
}
