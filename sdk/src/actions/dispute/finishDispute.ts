import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

/** Ends a hearing whose last clock has run out. @throws ContractRefusedError, TransactionFailedError */
export async function finishDispute(client: ChainClient, dispute: bigint) {
  const submitted = await submit(client, "jury", "finish", [dispute]);
  return { ...submitted, event: eventOf(client, submitted, "jury", "HearingFinished") };
}
