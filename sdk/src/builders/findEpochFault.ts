/**
 * Finds what is false in a proposed epoch and builds the one proof that cancels it.
 *
 * The lists must be the ones whose roots stand on chain: a proof opens leaves of exactly these. The order of the search
 * matters: look-ups of absent accounts hold only in sorted lists, so order is checked before sums by account and before what
 * is missing.
 */
import { type Address, getAddress } from "viem";
import type { Payout } from "../hash/types.js";
import type { MerkleTree } from "../merkle/MerkleTree.js";
import type { EpochFile } from "../wire/epochFile.js";
import type { EpochFault } from "./EpochFault.js";
import {
  type BatchReceipts,
  dueOf,
  evidenceOf,
  isSame,
  keyOf,
  lookUpCredit,
  lookUpPayout,
  lookUpPlace,
  openCredit,
  openPayout,
} from "./epochOpenings.js";
import { compareCredits, creditTree, payoutTree } from "./epochTrees.js";

export type ProposedEpoch = {
  /** Facts of the chain, not of the file. */
  readonly epoch: bigint;
  readonly firstBatch: bigint;
  readonly lastBatch: bigint;
  readonly stream: bigint;
  readonly total: bigint;
  /** The lists behind the proposed roots. */
  readonly lists: Pick<EpochFile, "credits" | "payouts">;
  /** Pay-outs of the newest final epoch; empty before the first; undefined when nobody has them. */
  readonly previous: readonly Payout[] | undefined;
  /** Undefined for a batch whose file nobody has: its credits cannot be judged. */
  readonly batch: (batch: bigint) => BatchReceipts | undefined;
  /**
   * Whether a receipt belongs to the epoch as of the proposal: see `belongsTo`. Undefined when that is not known.
   */
  readonly belongs: (batch: bigint, receiptIndex: number) => boolean | undefined;
  /** The epoch whose range holds a batch; undefined for a batch behind the newest epoch. */
  readonly epochOf: (batch: bigint) => bigint | undefined;
  /** Batches before `firstBatch` of which a receipt may belong here, since its case ended. */
  readonly movedBatches: readonly bigint[];
};

/** The first fault that a proof can show; undefined when there is none. */
export function findEpochFault(epoch: ProposedEpoch): EpochFault | undefined {
  const trees: Trees = {
    credits: creditTree(epoch.lists.credits),
    payouts: payoutTree(epoch.stream, epoch.lists.payouts),
    previous: payoutTree(epoch.stream, epoch.previous ?? []),
  };
  return (
    creditOrderFault(epoch, trees) ??
    creditFault(epoch, trees) ??
    payoutOrderFault(epoch, trees) ??
    payoutAmountFault(epoch, trees) ??
    missingCreditFault(epoch, trees)
  );
}

type Trees = { readonly credits: MerkleTree; readonly payouts: MerkleTree; readonly previous: MerkleTree };

function creditOrderFault({ epoch, lists: { credits } }: ProposedEpoch, trees: Trees): EpochFault | undefined {
  const first = credits[0];
  if (first !== undefined && first.running !== first.amount) {
    return {
      kind: 1,
      proof: {
        name: "proveFirstCredit",
        args: [epoch, openCredit(trees.credits, credits, 0)],
      },
      fault: `the first credit is ${first.amount} and its running total ${first.running}`,
    };
  }
  for (let at = 1; at < credits.length; at++) {
    const left = credits[at - 1]!;
    const right = credits[at]!;
    const before = isSame(left.contributor, right.contributor) ? left.running : 0n;
    const ordered = compareCredits(left, right) < 0;
    if (ordered && right.running === before + right.amount) continue;
    return {
      kind: 1,
      proof: {
        name: "proveCreditNeighbours",
        args: [epoch, openCredit(trees.credits, credits, at - 1), openCredit(trees.credits, credits, at)],
      },
      fault: ordered
        ? `credit ${at} has running total ${right.running} instead of ${before + right.amount}`
        : `credits ${at - 1} and ${at} are out of order`,
    };
  }
  return undefined;
}

function creditFault(proposed: ProposedEpoch, trees: Trees): EpochFault | undefined {
  const { epoch, lists, lastBatch } = proposed;
  for (const [at, credit] of lists.credits.entries()) {
    const { batch: number, receiptIndex } = credit;
    const open = () => openCredit(trees.credits, lists.credits, at);
    const ownEpoch = number > lastBatch ? 0n : proposed.epochOf(number);
    if (ownEpoch === undefined || number > lastBatch || proposed.belongs(number, receiptIndex) === false) {
      return {
        kind: 2,
        proof: { name: "proveForeignCredit", args: [epoch, open(), ownEpoch ?? 0n] },
        fault: `credit ${at} is of receipt ${receiptIndex} of batch ${number}, which does not belong to the epoch`,
      };
    }
    const batch = proposed.batch(number);
    if (batch === undefined) continue;
    if (receiptIndex >= batch.receiptCount) {
      return {
        kind: 2,
        batch: number,
        proofBy: (opening) => ({
          name: "proveCreditBeyond",
          args: [epoch, open(), opening, batch.tree.count, batch.tree.top],
        }),
        fault: `credit ${at} is of receipt ${receiptIndex}, batch ${number} has ${batch.receiptCount}`,
      };
    }
    const known = batch.receipt(receiptIndex);
    if (known === undefined) continue;
    const due = dueOf(known, credit.contributor);
    if (due === credit.amount) continue;
    return {
      kind: 2,
      batch: number,
      proofBy: (opening) => ({
        name: "proveCreditAmount",
        args: [epoch, open(), evidenceOf(opening, batch, receiptIndex, known)],
      }),
      fault: `credit ${at} of ${credit.contributor} is ${credit.amount}, due is ${due}`,
    };
  }
  return undefined;
}

/** In sorted lists only: whoever looks for a place finds its neighbours there. */
function missingCreditFault(proposed: ProposedEpoch, trees: Trees): EpochFault | undefined {
  const { epoch, lists, firstBatch, lastBatch } = proposed;
  const credited = new Set(lists.credits.map(keyOf));
  const own = Array.from({ length: Number(lastBatch - firstBatch + 1n) }, (_, at) => firstBatch + BigInt(at));
  for (const number of [...proposed.movedBatches, ...own]) {
    const batch = proposed.batch(number);
    const ownEpoch = proposed.epochOf(number);
    if (batch === undefined || ownEpoch === undefined) continue;
    for (let receiptIndex = 0; receiptIndex < batch.receiptCount; receiptIndex++) {
      if (proposed.belongs(number, receiptIndex) !== true) continue;
      const known = batch.receipt(receiptIndex);
      if (known === undefined) continue;
      for (const { account: contributor } of known.attribution.shares) {
        const place = { contributor, batch: number, receiptIndex };
        const due = dueOf(known, contributor);
        if (due === 0n || credited.has(keyOf(place))) continue;
        return {
          kind: 3,
          batch: number,
          proofBy: (opening) => ({
            name: "proveMissingCredit",
            args: [
              epoch,
              contributor,
              receiptIndex,
              ownEpoch,
              evidenceOf(opening, batch, receiptIndex, known),
              lookUpPlace(trees.credits, lists.credits, place),
            ],
          }),
          fault: `${contributor} has no credit of receipt ${receiptIndex} of batch ${number}, due is ${due}`,
        };
      }
    }
  }
  return undefined;
}

function payoutOrderFault({ epoch, lists, total }: ProposedEpoch, trees: Trees): EpochFault | undefined {
  const { payouts } = lists;
  const open = (at: number) => openPayout(trees.payouts, payouts, at);
  const first = payouts[0];
  if (first !== undefined && first.runningSum !== first.cumulative) {
    return {
      kind: 6,
      proof: {
        name: "provePayoutTotal",
        args: [epoch, open(0)],
      },
      fault: `the first pay-out is ${first.cumulative} and its running sum ${first.runningSum}`,
    };
  }
  for (let at = 1; at < payouts.length; at++) {
    const left = payouts[at - 1]!;
    const right = payouts[at]!;
    const ordered = BigInt(left.account) < BigInt(right.account);
    const sum = left.runningSum + right.cumulative;
    if (ordered && right.runningSum === sum) continue;
    return {
      kind: ordered ? 6 : 5,
      proof: {
        name: "provePayoutNeighbours",
        args: [epoch, open(at - 1), open(at)],
      },
      fault: ordered
        ? `pay-out ${at} has running sum ${right.runningSum} instead of ${sum}`
        : `pay-outs ${at - 1} and ${at} are out of order`,
    };
  }
  const last = payouts[payouts.length - 1];
  if (last === undefined || last.runningSum === total) return undefined;
  return {
    kind: 6,
    proof: {
      name: "provePayoutTotal",
      args: [epoch, open(payouts.length - 1)],
    },
    fault: `the pay-outs add up to ${last.runningSum}, the proposed total is ${total}`,
  };
}

function payoutAmountFault({ epoch, lists, previous }: ProposedEpoch, trees: Trees): EpochFault | undefined {
  if (previous === undefined) return undefined;
  const before = amountsBy(previous, (payout) => [payout.account, payout.cumulative]);
  const after = amountsBy(lists.payouts, (payout) => [payout.account, payout.cumulative]);
  // The list is sorted, so a contributor's last credit overwrites the ones before.
  const earned = amountsBy(lists.credits, (credit) => [credit.contributor, credit.running]);
  for (const key of new Set([...before.keys(), ...after.keys(), ...earned.keys()])) {
    const expected = (before.get(key) ?? 0n) + (earned.get(key) ?? 0n);
    const actual = after.get(key) ?? 0n;
    if (actual === expected) continue;
    const account = getAddress(`0x${key.toString(16).padStart(40, "0")}`);
    return {
      kind: 4,
      proof: {
        name: "provePayout",
        args: [
          epoch,
          account,
          lookUpPayout(trees.payouts, lists.payouts, account),
          lookUpPayout(trees.previous, previous, account),
          lookUpCredit(trees.credits, lists.credits, account),
        ],
      },
      fault: `${account} has ${actual} in all instead of ${expected}`,
    };
  }
  return undefined;
}

function amountsBy<T>(items: readonly T[], read: (item: T) => readonly [Address, bigint]): Map<bigint, bigint> {
  return new Map(
    items.map((item) => {
      const [account, amount] = read(item);
      return [BigInt(account), amount];
    }),
  );
}
