import type { Hex } from "viem";
import { licenceToBytes32 } from "../../hash/licence.js";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type CreateDatanetParameters = {
  readonly name: string;
  readonly metadataHash: Hex;
  readonly licences: readonly string[];
};

/** Opens a Datanet owned by the account. `licences` are SPDX identifiers. @throws ContractRefusedError, TransactionFailedError */
export async function createDatanet(client: ChainClient, parameters: CreateDatanetParameters) {
  const { name, metadataHash, licences } = parameters;
  const submitted = await submit(client, "datanetRegistry", "createDatanet", [
    name,
    metadataHash,
    licences.map(licenceToBytes32),
  ]);
  return { ...submitted, event: eventOf(client, submitted, "datanetRegistry", "DatanetCreated") };
}
