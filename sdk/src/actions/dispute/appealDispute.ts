import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

/** Starts the second and last round; the jury must be approved for twice the bond. @throws ContractRefusedError, TransactionFailedError */
export async function appealDispute(client: ChainClient, dispute: bigint) {
  const submitted = await submit(client, "jury", "appeal", [dispute]);
  return { ...submitted, event: eventOf(client, submitted, "jury", "HearingAppealed") };
}
