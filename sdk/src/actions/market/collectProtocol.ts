import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

/** Sweeps the protocol's due to the treasury. @throws ContractRefusedError, TransactionFailedError */
export async function collectProtocol(client: ChainClient) {
  const submitted = await submit(client, "inferenceMarket", "collectProtocol", []);
  return { ...submitted, event: eventOf(client, submitted, "inferenceMarket", "ProtocolCollected") };
}
