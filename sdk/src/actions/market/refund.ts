import type { Hex } from "viem";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type RefundParameters = {
  readonly channel: Hex;
  readonly amount: bigint;
};

/**
 * As a channel's runner, gives settled money back to its payer, out of the runner's own due.
 *
 * @throws ContractRefusedError, TransactionFailedError
 */
export async function refund(client: ChainClient, parameters: RefundParameters) {
  const { channel, amount } = parameters;
  const submitted = await submit(client, "inferenceMarket", "refund", [channel, amount]);
  return { ...submitted, event: eventOf(client, submitted, "inferenceMarket", "Refunded") };
}
