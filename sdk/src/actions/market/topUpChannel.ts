import type { Hex } from "viem";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type TopUpChannelParameters = {
  readonly channel: Hex;
  readonly amount: bigint;
};

/** Adds to a channel from its payer's free balance. @throws ContractRefusedError, TransactionFailedError */
export async function topUpChannel(client: ChainClient, parameters: TopUpChannelParameters) {
  const { channel, amount } = parameters;
  const submitted = await submit(client, "inferenceMarket", "topUp", [channel, amount]);
  return { ...submitted, event: eventOf(client, submitted, "inferenceMarket", "ChannelToppedUp") };
}
