import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

/** Does what follows from a finished dispute over conduct or an answer. @throws ContractRefusedError, TransactionFailedError */
export async function enforceVerdict(client: ChainClient, dispute: bigint) {
  const submitted = await submit(client, "disputeManager", "enforce", [dispute]);
  return { ...submitted, event: eventOf(client, submitted, "disputeManager", "VerdictEnforced") };
}
