import type { Batch } from "../../hash/batch.js";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

/** Unlocks what demands of a batch locked of its runner's stake. @throws ContractRefusedError, TransactionFailedError */
export async function releaseStake(client: ChainClient, batch: Batch) {
  const submitted = await submit(client, "receiptCourt", "release", [batch]);
  return { ...submitted, event: eventOf(client, submitted, "receiptCourt", "StakeReleased") };
}
