import type { Hex } from "viem";
import { licenceToBytes32 } from "../../hash/licence.js";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";
import { type DatanetRules, encodeRules, OWNER_APPROVES } from "./DatanetRules.js";

export type CreateDatanetParameters = {
  readonly name: string;
  readonly metadataHash: Hex;
  readonly licences: readonly string[];
  /** `OWNER_APPROVES` unless said. */
  readonly rules?: DatanetRules;
};

/** Opens a Datanet owned by the account. `licences` are SPDX identifiers. @throws ContractRefusedError, TransactionFailedError */
export async function createDatanet(client: ChainClient, parameters: CreateDatanetParameters) {
  const { name, metadataHash, licences, rules = OWNER_APPROVES } = parameters;
  const submitted = await submit(client, "datanetRegistry", "createDatanet", [
    name,
    metadataHash,
    licences.map(licenceToBytes32),
    encodeRules(rules),
  ]);
  return { ...submitted, event: eventOf(client, submitted, "datanetRegistry", "DatanetCreated") };
}
