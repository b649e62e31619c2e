import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type FundStreamParameters = {
  readonly stream: bigint;
  /** Base units; the distributor must be approved for it. */
  readonly amount: bigint;
};

/** Adds OPEN to a stream of rewards; it does not come back. @throws ContractRefusedError, TransactionFailedError */
export async function fundStream(client: ChainClient, { stream, amount }: FundStreamParameters) {
  const submitted = await submit(client, "rewardDistributor", "fund", [stream, amount]);
  return { ...submitted, event: eventOf(client, submitted, "rewardDistributor", "Funded") };
}
