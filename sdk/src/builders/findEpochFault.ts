/**
 * Finds what is false in a proposed epoch and builds the one proof that cancels it.
 *
 * The lists must be the ones whose roots stand on chain: a proof opens leaves of exactly these. The order of the search
 * matters: look-ups of absent accounts hold only in sorted lists, so order is checked before sums by account.
 *
 * A credit that is missing is no fault here: an oracle may pass over a receipt that it found false.
 */
import { type Address, getAddress, zeroAddress, zeroHash } from "viem";
import type { BatchOpening } from "../hash/batch.js";
import type { Credit, Payout } from "../hash/types.js";
import type { MerkleTree } from "../merkle/MerkleTree.js";
import { EMPTY_NODE } from "../merkle/node.js";
import { dueAmount, receiptDataFee } from "../units/dueAmount.js";
import type { EpochFile } from "../wire/epochFile.js";
import type {
  AttributionOpening,
  CreditOpening,
  EpochFault,
  Lookup,
  PayoutOpening,
  ReceiptOpening,
} from "./EpochFault.js";
import { compareCredits, creditTree, payoutTree } from "./epochTrees.js";

/** The receipts under one batch's root. */
export type BatchOpening = {
  /** Its header, shown against the chain. */
  readonly header: BatchOpening;
  readonly receiptCount: number;
  readonly tree: MerkleTree;
  /**
   * What is known of a receipt: undefined when its `attributionHash` was not opened.
   * `dataBps` undefined when its model does not exist.
   */
  readonly receipt: (index: number) =>
    | {
        readonly receipt: ReceiptOpening["receipt"];
        readonly attribution: AttributionOpening;
        readonly dataBps: number | undefined;
      }
    | undefined;
};

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
  readonly batch: (batch: bigint) => BatchOpening | undefined;
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
    payoutAmountFault(epoch, trees)
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
  const { epoch, lists, firstBatch, lastBatch } = proposed;
  for (const [at, credit] of lists.credits.entries()) {
    const open = () => openCredit(trees.credits, lists.credits, at);
    if (credit.batch < firstBatch || credit.batch > lastBatch) {
      return {
        kind: 2,
        proof: {
          name: "proveCreditOutside",
          args: [epoch, open(), NO_BATCH, 0n, EMPTY_NODE],
        },
        fault: `credit ${at} is of batch ${credit.batch}, the epoch holds ${firstBatch} to ${lastBatch}`,
      };
    }
    const batch = proposed.batch(credit.batch);
    if (batch === undefined) continue;
    if (credit.receiptIndex >= batch.receiptCount) {
      return {
        kind: 2,
        proof: {
          name: "proveCreditOutside",
          args: [epoch, open(), batch.header, batch.tree.count, batch.tree.top],
        },
        fault: `credit ${at} is of receipt ${credit.receiptIndex}, batch ${credit.batch} has ${batch.receiptCount}`,
      };
    }
    const known = batch.receipt(credit.receiptIndex);
    if (known === undefined) continue;
    const fee = receiptDataFee(known.receipt, known.dataBps);
    const due = dueAmount(known.attribution.shares, credit.contributor, fee);
    if (due === credit.amount) continue;
    const { count, siblings } = batch.tree.proof(credit.receiptIndex);
    return {
      kind: 2,
      proof: {
        name: "proveCreditAmount",
        args: [epoch, open(), batch.header, { receipt: known.receipt, count, siblings }, known.attribution],
      },
      fault: `credit ${at} of ${credit.contributor} is ${credit.amount}, due is ${due}`,
    };
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

function lookUpPayout(tree: MerkleTree, payouts: readonly Payout[], account: Address): Lookup<PayoutOpening> {
  const open = (at: number) => openPayout(tree, payouts, at);
  const place = payouts.findIndex((payout) => BigInt(payout.account) >= BigInt(account));
  const found = payouts[place];
  if (found !== undefined && isSame(found.account, account)) {
    return { present: true, hasLeft: true, hasRight: false, left: open(place), right: EMPTY_PAYOUT };
  }
  return straddle(payouts.length, place, open, EMPTY_PAYOUT);
}

function lookUpCredit(tree: MerkleTree, credits: readonly Credit[], account: Address): Lookup<CreditOpening> {
  const open = (at: number) => openCredit(tree, credits, at);
  const next = credits.findIndex((credit) => BigInt(credit.contributor) > BigInt(account));
  const around = straddle(credits.length, next, open, EMPTY_CREDIT);
  return { ...around, present: around.hasLeft && isSame(around.left.credit.contributor, account) };
}

/** @param next Place of the first leaf behind the account's, -1 when there is none. */
function straddle<Opening>(
  count: number,
  next: number,
  open: (at: number) => Opening,
  empty: Opening,
): Lookup<Opening> {
  const right = next < 0 ? count : next;
  const hasLeft = right > 0;
  const hasRight = right < count;
  return {
    present: false,
    hasLeft,
    hasRight,
    left: hasLeft ? open(right - 1) : empty,
    right: hasRight ? open(right) : empty,
  };
}

/** What the contract does not look at: the credit's batch lies outside the epoch. */
const NO_BATCH: BatchOpening = {
  batch: {
    number: 0n,
    runner: zeroAddress,
    settledAt: 0n,
    amount: 0n,
    dataAmount: 0n,
    receiptsRoot: zeroHash,
    settlementsHash: zeroHash,
  },
  chainBefore: zeroHash,
  later: [],
};
const NOWHERE = { index: 0n, count: 0n, siblings: [] } as const;
const EMPTY_PAYOUT: PayoutOpening = { payout: { account: zeroAddress, cumulative: 0n, runningSum: 0n }, ...NOWHERE };
const EMPTY_CREDIT: CreditOpening = {
  credit: { contributor: zeroAddress, batch: 0n, receiptIndex: 0, amount: 0n, running: 0n },
  ...NOWHERE,
};

function openCredit(tree: MerkleTree, credits: readonly Credit[], at: number): CreditOpening {
  return { credit: credits[at]!, ...tree.proof(at) };
}

function openPayout(tree: MerkleTree, payouts: readonly Payout[], at: number): PayoutOpening {
  return { payout: payouts[at]!, ...tree.proof(at) };
}

function isSame(a: Address, b: Address): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
