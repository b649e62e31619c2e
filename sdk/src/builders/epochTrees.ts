import { creditLeaf } from "../hash/credit.js";
import { payoutLeaf } from "../hash/payout.js";
import type { Credit, Payout } from "../hash/types.js";
import { domainHash } from "../merkle/domain.js";
import { MerkleTree } from "../merkle/MerkleTree.js";

/** The tree of an epoch's credits; its `root` is the epoch's `creditsRoot`. */
export function creditTree(credits: readonly Credit[]): MerkleTree {
  return new MerkleTree(domainHash("Credit"), credits.map(creditLeaf));
}

/** The tree of a stream's pay-outs; its `root` is the epoch's `payoutsRoot`. */
export function payoutTree(stream: bigint, payouts: readonly Payout[]): MerkleTree {
  return new MerkleTree(
    domainHash("Payout"),
    payouts.map((payout) => payoutLeaf(stream, payout)),
  );
}

/** Order of credits: ascending (contributor, batch, receiptIndex). */
export function compareCredits(
  a: Pick<Credit, "contributor" | "batch" | "receiptIndex">,
  b: Pick<Credit, "contributor" | "batch" | "receiptIndex">,
): number {
  const left = BigInt(a.contributor);
  const right = BigInt(b.contributor);
  if (left !== right) return left < right ? -1 : 1;
  if (a.batch !== b.batch) return a.batch < b.batch ? -1 : 1;
  return a.receiptIndex - b.receiptIndex;
}
