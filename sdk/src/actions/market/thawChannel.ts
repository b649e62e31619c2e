import type { Hex } from "viem";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type ThawChannelParameters = {
  readonly channel: Hex;
  readonly amount: bigint;
};

/** Announces that the payer takes an amount out of a channel. @throws ContractRefusedError, TransactionFailedError */
export async function thawChannel(client: ChainClient, parameters: ThawChannelParameters) {
  const { channel, amount } = parameters;
  const submitted = await submit(client, "inferenceMarket", "thaw", [channel, amount]);
  return { ...submitted, event: eventOf(client, submitted, "inferenceMarket", "ChannelThawStarted") };
}
