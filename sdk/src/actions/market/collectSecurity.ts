import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

/** Sweeps the security due to its destination. @throws ContractRefusedError, TransactionFailedError */
export async function collectSecurity(client: ChainClient) {
  const submitted = await submit(client, "inferenceMarket", "collectSecurity", []);
  return { ...submitted, event: eventOf(client, submitted, "inferenceMarket", "SecurityCollected") };
}
