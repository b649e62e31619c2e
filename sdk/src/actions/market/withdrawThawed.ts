import type { Hex } from "viem";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type WithdrawThawedParameters = {
  readonly channel: Hex;
};

/** Moves what has thawed to the payer's free balance. @throws ContractRefusedError, TransactionFailedError */
export async function withdrawThawed(client: ChainClient, parameters: WithdrawThawedParameters) {
  const { channel } = parameters;
  const submitted = await submit(client, "inferenceMarket", "withdrawThawed", [channel]);
  return { ...submitted, event: eventOf(client, submitted, "inferenceMarket", "ChannelThawWithdrawn") };
}
