import type { Address, Hex } from "viem";
import type { EpochFile } from "../wire/epochFile.js";
import { payoutTree } from "./epochTrees.js";

/** The arguments of the distributor's `claim`. */
export type PayoutClaim = {
  readonly stream: bigint;
  readonly root: Hex;
  readonly index: bigint;
  readonly count: bigint;
  readonly account: Address;
  readonly cumulative: bigint;
  readonly runningSum: bigint;
  readonly siblings: readonly Hex[];
};

/** What an account claims by an epoch's pay-out tree; undefined when the tree does not hold it. */
export function payoutClaim(file: Pick<EpochFile, "stream" | "payouts">, account: Address): PayoutClaim | undefined {
  const place = file.payouts.findIndex((payout) => payout.account.toLowerCase() === account.toLowerCase());
  const payout = file.payouts[place];
  if (payout === undefined) return undefined;
  const tree = payoutTree(file.stream, file.payouts);
  return { stream: file.stream, root: tree.root, ...tree.proof(place), ...payout };
}
