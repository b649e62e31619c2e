import type { Address, Hex } from "viem";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

/** A leaf of a final pay-out tree and the proof of its place. */
export type ClaimParameters = {
  readonly stream: bigint;
  readonly root: Hex;
  readonly index: bigint;
  readonly count: bigint;
  readonly account: Address;
  readonly cumulative: bigint;
  readonly runningSum: bigint;
  readonly siblings: readonly Hex[];
};

/**
 * Pays an account what a leaf holds above what it was paid before. Anyone may send it; the account is paid.
 *
 * @throws ContractRefusedError, TransactionFailedError
 */
export async function claim(client: ChainClient, leaf: ClaimParameters) {
  const { stream, root, index, count, account, cumulative, runningSum, siblings } = leaf;
  const args = [stream, root, index, count, account, cumulative, runningSum, siblings] as const;
  const submitted = await submit(client, "rewardDistributor", "claim", args);
  return { ...submitted, event: eventOf(client, submitted, "rewardDistributor", "Claimed") };
}
