import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

/** Closes the range of all batches since the last epoch and opens an epoch over it. @throws ContractRefusedError, TransactionFailedError */
export async function openEpoch(client: ChainClient) {
  const submitted = await submit(client, "attributionOracle", "openEpoch", []);
  return { ...submitted, event: eventOf(client, submitted, "attributionOracle", "EpochOpened") };
}
