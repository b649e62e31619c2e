import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

/** Pays a Datanet's credit to whoever owns it now; anyone may. @throws ContractRefusedError, TransactionFailedError */
export async function collectOwner(client: ChainClient, datanet: bigint) {
  const submitted = await submit(client, "datanetRegistry", "collectOwner", [datanet]);
  return { ...submitted, event: eventOf(client, submitted, "datanetRegistry", "OwnerCollected") };
}
