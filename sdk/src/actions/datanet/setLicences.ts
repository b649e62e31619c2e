import { licenceToBytes32 } from "../../hash/licence.js";
import type { ChainClient } from "../ChainClient.js";
import { type Submitted, submit } from "../submit.js";

export type SetLicencesParameters = {
  readonly datanet: bigint;
  readonly added?: readonly string[];
  readonly removed?: readonly string[];
};

/** Changes which licences later contributions may carry, SPDX identifiers, at most 64 at a time. Only the Datanet's owner. @throws ContractRefusedError, TransactionFailedError */
export async function setLicences(client: ChainClient, parameters: SetLicencesParameters): Promise<Submitted> {
  const { datanet, added = [], removed = [] } = parameters;
  return submit(client, "datanetRegistry", "setLicences", [
    datanet,
    added.map(licenceToBytes32),
    removed.map(licenceToBytes32),
  ]);
}
