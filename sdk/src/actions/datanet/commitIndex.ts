import type { Hex } from "viem";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type CommitIndexParameters = {
  readonly datanet: bigint;
  readonly version: number;
  readonly base: bigint;
  readonly root: Hex;
  readonly dataHash: Hex;
};

/** Commits the index of a version under a base, once. Only the Datanet's owner. @throws ContractRefusedError, TransactionFailedError */
export async function commitIndex(client: ChainClient, parameters: CommitIndexParameters) {
  const { datanet, version, base, root, dataHash } = parameters;
  const submitted = await submit(client, "datanetRegistry", "commitIndex", [datanet, version, base, root, dataHash]);
  return { ...submitted, event: eventOf(client, submitted, "datanetRegistry", "IndexCommitted") };
}
