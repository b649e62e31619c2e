import type { ChainClient } from "../ChainClient.js";
import { submit } from "../submit.js";

/** Pins the chain at the newest batch, so that each batch up to it can be opened. @throws ContractRefusedError, TransactionFailedError */
export function pinBatches(client: ChainClient) {
  return submit(client, "inferenceMarket", "pinBatches", []);
}
