import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type PublishVersionParameters = {
  readonly datanet: bigint;
};

/** Freezes what is accepted so far as the next version. Only the Datanet's owner. @throws ContractRefusedError, TransactionFailedError */
export async function publishVersion(client: ChainClient, parameters: PublishVersionParameters) {
  const { datanet } = parameters;
  const submitted = await submit(client, "datanetRegistry", "publishVersion", [datanet]);
  return { ...submitted, event: eventOf(client, submitted, "datanetRegistry", "VersionPublished") };
}
