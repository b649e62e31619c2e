/**
 * Finds what is false in a proposed epoch whose lists are withheld, leaf by leaf.
 *
 * Who knows the true lists knows what each node of their trees has to be. A revealed leaf comes with the nodes beside its way
 * up: where one of them is not the true one, the lists part under it. Going down to the left each time ends at the first leaf
 * that is not right, however few are, and with the leaves around it a proof can be built. With `width` demands at once a tree
 * of n leaves takes at most log n / log (width + 1) rounds.
 *
 * The credit list is searched first: pay-outs follow from it. When both roots are the true ones nothing was withheld.
 */
import type { Hex } from "viem";
import type { LeafTree } from "../actions/epoch/leafTree.js";
import type { EpochProof } from "../actions/epoch/proveEpoch.js";
import { creditLeaf } from "../hash/credit.js";
import { payoutLeaf } from "../hash/payout.js";
import type { Credit, Payout } from "../hash/types.js";
import type { MerkleProof } from "../merkle/MerkleTree.js";
import { treeDepth } from "../merkle/treeDepth.js";
import {
  firstDifference,
  KnownNodes,
  type NodePlace,
  PositionalNodes,
  siblingsBefore,
} from "../merkle/treeDifference.js";
import type { CreditOpening, EpochFault, Lookup, PayoutOpening } from "./EpochFault.js";
import { dueOf, EMPTY_CREDIT, EMPTY_PAYOUT, evidenceOf, isSame, lookUpCredit, lookUpPayout } from "./epochOpenings.js";
import { compareCredits, creditTree, payoutTree } from "./epochTrees.js";
import { findEpochFault, type ProposedEpoch } from "./findEpochFault.js";

/** What the proposer has shown of one tree. */
export type RevealedTree<Opening> = {
  readonly leaves: ReadonlyMap<bigint, Opening>;
  /** How many leaves there are, once that was shown without one. */
  readonly count: bigint | undefined;
};

export type WithheldEpoch = {
  /** As for `findEpochFault`; its `lists` are the true ones. */
  readonly epoch: ProposedEpoch;
  readonly creditsRoot: Hex;
  readonly payoutsRoot: Hex;
  readonly credits: RevealedTree<CreditOpening>;
  readonly payouts: RevealedTree<PayoutOpening>;
  /** Leaves that were demanded and are not revealed yet. */
  readonly isDemanded: (tree: LeafTree, index: bigint) => boolean;
  /** Demands to make at once, at least 1. */
  readonly width: number;
};

export type SearchStep =
  /** Leaves to demand next; none while the answers of others are waited for. */
  | { readonly kind: "demand"; readonly tree: LeafTree; readonly indices: readonly bigint[] }
  | { readonly kind: "fault"; readonly fault: EpochFault }
  | { readonly kind: "sound" };

/** @throws Error when a batch that the fault depends on is not known: the caller has to have judged them all. */
export function searchEpochFault(withheld: WithheldEpoch): SearchStep {
  const { epoch, creditsRoot, payoutsRoot, credits, payouts } = withheld;
  const ownCredits = creditTree(epoch.lists.credits);
  if (ownCredits.root !== creditsRoot) {
    const kind: TreeKind<Credit, CreditOpening> = {
      tree: "credits",
      node: creditLeaf,
      leafOf: ({ credit }) => credit,
      open: (credit, proof) => ({ credit, ...proof }),
    };
    const found = partingOf(withheld, kind, epoch.lists.credits, credits);
    return "indices" in found ? found : faultStep(creditFaultAt(epoch, found));
  }
  if (payoutTree(epoch.stream, epoch.lists.payouts).root !== payoutsRoot) {
    const kind: TreeKind<Payout, PayoutOpening> = {
      tree: "payouts",
      node: (payout) => payoutLeaf(epoch.stream, payout),
      leafOf: ({ payout }) => payout,
      open: (payout, proof) => ({ payout, ...proof }),
    };
    const found = partingOf(withheld, kind, epoch.lists.payouts, payouts);
    return "indices" in found ? found : faultStep(payoutFaultAt(epoch, found));
  }
  return faultStep(findEpochFault(epoch));
}

/** Where the lists part: all before `at` is right, what stands there is not. */
type Parting<Leaf, Opening> = {
  readonly at: number;
  /** What should stand there, undefined behind the true list. */
  readonly own: Leaf | undefined;
  /** What stands there, undefined behind the proposed list. */
  readonly theirs: Opening | undefined;
  /** The right one before it, undefined at the first place. */
  readonly left: Opening | undefined;
};

type DemandStep = SearchStep & { readonly kind: "demand" };

/** How the leaves of one tree are read and written. */
type TreeKind<Leaf, Opening> = {
  readonly tree: LeafTree;
  readonly node: (leaf: Leaf) => Hex;
  readonly leafOf: (opening: Opening) => Leaf;
  readonly open: (leaf: Leaf, proof: MerkleProof) => Opening;
};

function partingOf<Leaf, Opening extends MerkleProof>(
  { isDemanded, width }: WithheldEpoch,
  { tree, node, leafOf, open }: TreeKind<Leaf, Opening>,
  own: readonly Leaf[],
  revealed: RevealedTree<Opening>,
): Parting<Leaf, Opening> | DemandStep {
  const demand = (indices: readonly number[]): DemandStep => {
    return { kind: "demand", tree, indices: indices.map(BigInt).filter((index) => !isDemanded(tree, index)) };
  };
  const [any] = revealed.leaves.values();
  const count = any?.count ?? revealed.count;
  if (count === undefined) return demand([0]);

  const trueNodes = new PositionalNodes(own.map(node), treeDepth(count));
  const theirNodes = new KnownNodes(treeDepth(count));
  for (const opening of revealed.leaves.values()) theirNodes.add(node(leafOf(opening)), opening);
  const found = firstDifference(trueNodes, theirNodes);
  // Where every node is the true one, they differ in their counts alone.
  const first = found === undefined ? Math.min(own.length, Number(count)) : found.index * 2 ** found.level;
  const isAbsent = BigInt(first) >= count;
  // Behind its last leaf the tree is empty, so the true list parts from it by its first leaf there.
  const place = found === undefined || isAbsent ? { level: 0, index: first } : found;
  const opening = revealed.leaves.get(BigInt(place.index));
  if (place.level > 0) return demand(startsUnder(place, width, Number(count)));
  if (!isAbsent && opening === undefined) return demand([place.index]);

  const at = place.index;
  if (at === 0) return { at, own: own[0], theirs: opening, left: undefined };
  const before = revealed.leaves.get(BigInt(at - 1));
  if (before !== undefined) return { at, own: own[at], theirs: opening, left: before };
  // Behind the last leaf there is no opening that the one before could be made of.
  if (opening === undefined) return demand([at - 1]);
  const siblings = siblingsBefore(at, node(leafOf(opening)), opening, trueNodes);
  const left = open(own[at - 1]!, { index: BigInt(at - 1), count, siblings });
  return { at, own: own[at], theirs: opening, left };
}

/** First leaves of the parts into which `width` demands cut the subtree. */
function startsUnder({ level, index }: NodePlace, width: number, count: number): number[] {
  const cuts = Math.min(level, Math.floor(Math.log2(width + 1)));
  const size = 2 ** (level - cuts);
  const starts = Array.from({ length: 2 ** cuts }, (_, at) => index * 2 ** level + at * size);
  return starts.filter((start) => start < count).slice(0, Math.max(1, width));
}

function creditFaultAt(epoch: ProposedEpoch, { at, own, theirs, left }: Parting<Credit, CreditOpening>): EpochFault {
  const order = theirs === undefined || own === undefined ? undefined : compareCredits(theirs.credit, own);
  if (own !== undefined && (theirs === undefined || order! > 0)) return missingFault(epoch, own, left, theirs);
  const shown = theirs!;
  if (left !== undefined && compareCredits(left.credit, shown.credit) >= 0) {
    return orderFault(epoch.epoch, left, shown, `credits ${at - 1} and ${at} are out of order`);
  }
  if (own === undefined || order! < 0 || own.amount !== shown.credit.amount) return undueFault(epoch, at, shown);
  // The place and the amount are right, so the running total is not.
  const fault = `credit ${at} has running total ${shown.credit.running} instead of ${own.running}`;
  if (left !== undefined) return orderFault(epoch.epoch, left, shown, fault);
  return { kind: 1, fault, proof: { name: "proveFirstCredit", args: [epoch.epoch, shown] } };
}

function orderFault(epoch: bigint, left: CreditOpening, right: CreditOpening, fault: string): EpochFault {
  return { kind: 1, fault, proof: { name: "proveCreditNeighbours", args: [epoch, left, right] } };
}

function missingFault(
  epoch: ProposedEpoch,
  own: Credit,
  left: CreditOpening | undefined,
  right: CreditOpening | undefined,
): EpochFault {
  const { batch, known } = receiptOf(epoch, own);
  const ownEpoch = epoch.epochOf(own.batch)!;
  const place = straddleOf(left, right, EMPTY_CREDIT);
  return {
    kind: 3,
    batch: own.batch,
    fault: `${own.contributor} has no credit of receipt ${own.receiptIndex} of batch ${own.batch}, due is ${own.amount}`,
    proofBy: (opening) => ({
      name: "proveMissingCredit",
      args: [
        epoch.epoch,
        own.contributor,
        own.receiptIndex,
        ownEpoch,
        evidenceOf(opening, batch, own.receiptIndex, known),
        place,
      ],
    }),
  };
}

/** A credit that is not in the true list, or not with that amount. */
function undueFault(epoch: ProposedEpoch, at: number, shown: CreditOpening): EpochFault {
  const { batch: number, receiptIndex, contributor, amount } = shown.credit;
  const ownEpoch = number > epoch.lastBatch ? undefined : epoch.epochOf(number);
  if (ownEpoch === undefined || epoch.belongs(number, receiptIndex) === false) {
    return {
      kind: 2,
      proof: { name: "proveForeignCredit", args: [epoch.epoch, shown, ownEpoch ?? 0n] },
      fault: `credit ${at} is of receipt ${receiptIndex} of batch ${number}, which does not belong to the epoch`,
    };
  }
  const receipts = epoch.batch(number);
  if (receipts !== undefined && receiptIndex >= receipts.receiptCount) {
    return {
      kind: 2,
      batch: number,
      proofBy: (opening) => ({
        name: "proveCreditBeyond",
        args: [epoch.epoch, shown, opening, receipts.tree.count, receipts.tree.top],
      }),
      fault: `credit ${at} is of receipt ${receiptIndex}, batch ${number} has ${receipts.receiptCount}`,
    };
  }
  const { batch, known } = receiptOf(epoch, shown.credit);
  return {
    kind: 2,
    batch: number,
    proofBy: (opening) => ({
      name: "proveCreditAmount",
      args: [epoch.epoch, shown, evidenceOf(opening, batch, receiptIndex, known)],
    }),
    fault: `credit ${at} of ${contributor} is ${amount}, due is ${dueOf(known, contributor)}`,
  };
}

function payoutFaultAt(epoch: ProposedEpoch, { at, own, theirs, left }: Parting<Payout, PayoutOpening>): EpochFault {
  const order =
    theirs === undefined || own === undefined
      ? undefined
      : Math.sign(Number(BigInt(theirs.payout.account) - BigInt(own.account)));
  if (own !== undefined && (theirs === undefined || order! > 0)) {
    return amountFault(epoch, own, straddleOf(left, theirs, EMPTY_PAYOUT), 0n);
  }
  const shown = theirs!;
  if (left !== undefined && BigInt(left.payout.account) >= BigInt(shown.payout.account)) {
    return neighboursFault(epoch.epoch, 5, left, shown, `pay-outs ${at - 1} and ${at} are out of order`);
  }
  if (own === undefined || order! < 0 || own.cumulative !== shown.payout.cumulative) {
    const lookup = { present: true, hasLeft: true, hasRight: false, left: shown, right: EMPTY_PAYOUT };
    return amountFault(epoch, shown.payout, lookup, shown.payout.cumulative);
  }
  const fault = `pay-out ${at} has running sum ${shown.payout.runningSum} instead of ${own.runningSum}`;
  if (left !== undefined) return neighboursFault(epoch.epoch, 6, left, shown, fault);
  return { kind: 6, fault, proof: { name: "provePayoutTotal", args: [epoch.epoch, shown] } };
}

function neighboursFault(
  epoch: bigint,
  kind: 5 | 6,
  left: PayoutOpening,
  right: PayoutOpening,
  fault: string,
): EpochFault {
  return { kind, fault, proof: { name: "provePayoutNeighbours", args: [epoch, left, right] } };
}

function amountFault(
  { epoch, stream, lists, previous }: ProposedEpoch,
  { account }: Pick<Payout, "account">,
  newLeaf: Lookup<PayoutOpening>,
  actual: bigint,
): EpochFault {
  if (previous === undefined) throw new Error(`The pay-outs before epoch ${epoch} are not known.`);
  const proof: EpochProof = {
    name: "provePayout",
    args: [
      epoch,
      account,
      newLeaf,
      lookUpPayout(payoutTree(stream, previous), previous, account),
      lookUpCredit(creditTree(lists.credits), lists.credits, account),
    ],
  };
  const expected = lists.payouts.find((payout) => isSame(payout.account, account))?.cumulative ?? 0n;
  return { kind: 4, proof, fault: `${account} has ${actual} in all instead of ${expected}` };
}

function straddleOf<Opening>(left: Opening | undefined, right: Opening | undefined, empty: Opening): Lookup<Opening> {
  return {
    present: false,
    hasLeft: left !== undefined,
    hasRight: right !== undefined,
    left: left ?? empty,
    right: right ?? empty,
  };
}

function receiptOf(epoch: ProposedEpoch, { batch: number, receiptIndex }: Pick<Credit, "batch" | "receiptIndex">) {
  const batch = epoch.batch(number);
  const known = batch?.receipt(receiptIndex);
  if (batch === undefined || known === undefined) {
    throw new Error(`Receipt ${receiptIndex} of batch ${number} is not known: nothing can be proven of its credits.`);
  }
  return { batch, known };
}

function faultStep(fault: EpochFault | undefined): SearchStep {
  return fault === undefined ? { kind: "sound" } : { kind: "fault", fault };
}
