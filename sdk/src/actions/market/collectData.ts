import type { ChainClient } from "../ChainClient.js";
import { submit } from "../submit.js";

/** Moves the data parts settled so far into the distributor's stream. @throws ContractRefusedError, TransactionFailedError */
export function collectData(client: ChainClient) {
  return submit(client, "inferenceMarket", "collectData", []);
}
