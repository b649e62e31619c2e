import type { Address } from "viem";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type CreateDatanetStreamParameters = {
  readonly datanet: bigint;
  /** Proposes the stream's roots for ever. */
  readonly allocator: Address;
};

/** Creates a stream of rewards that is meant for a Datanet. @throws ContractRefusedError, TransactionFailedError */
export async function createDatanetStream(client: ChainClient, parameters: CreateDatanetStreamParameters) {
  const { datanet, allocator } = parameters;
  const submitted = await submit(client, "rewardDistributor", "createDatanetStream", [datanet, allocator]);
  return { ...submitted, event: eventOf(client, submitted, "rewardDistributor", "StreamCreated") };
}
