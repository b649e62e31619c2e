import type { Address } from "viem";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type OpenChannelParameters = {
  readonly runner: Address;
  /** An unsigned integer of 96 bits. */
  readonly salt: bigint;
  readonly amount: bigint;
};

/** Opens a channel from the account to an active runner, funded from its free balance. @throws ContractRefusedError, TransactionFailedError */
export async function openChannel(client: ChainClient, parameters: OpenChannelParameters) {
  const { runner, salt, amount } = parameters;
  const submitted = await submit(client, "inferenceMarket", "openChannel", [runner, salt, amount]);
  return { ...submitted, event: eventOf(client, submitted, "inferenceMarket", "ChannelOpened") };
}
