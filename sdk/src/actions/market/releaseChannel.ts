import type { Hex } from "viem";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type ReleaseChannelParameters = {
  readonly channel: Hex;
  /** The most that is released: what is unclaimed, if that is less. */
  readonly amount: bigint;
};

/** As a channel's runner, gives unclaimed money back to its payer at once. @throws ContractRefusedError, TransactionFailedError */
export async function releaseChannel(client: ChainClient, parameters: ReleaseChannelParameters) {
  const { channel, amount } = parameters;
  const submitted = await submit(client, "inferenceMarket", "release", [channel, amount]);
  return { ...submitted, event: eventOf(client, submitted, "inferenceMarket", "ChannelReleased") };
}
