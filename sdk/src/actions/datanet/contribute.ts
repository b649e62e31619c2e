import type { Hex } from "viem";
import { licenceToBytes32 } from "../../hash/licence.js";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type ContributeParameters = {
  readonly datanet: bigint;
  readonly recordsRoot: Hex;
  readonly recordCount: number;
  readonly licence: string;
  readonly dataHash: Hex;
};

/** Commits a contribution of records by the account; its file must be in the content store under `dataHash`. @throws ContractRefusedError, TransactionFailedError */
export async function contribute(client: ChainClient, parameters: ContributeParameters) {
  const { datanet, recordsRoot, recordCount, licence, dataHash } = parameters;
  const submitted = await submit(client, "datanetRegistry", "contribute", [
    datanet,
    recordsRoot,
    recordCount,
    licenceToBytes32(licence),
    dataHash,
  ]);
  return { ...submitted, event: eventOf(client, submitted, "datanetRegistry", "ContributionCommitted") };
}
