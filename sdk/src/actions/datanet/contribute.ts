import type { Hex } from "viem";
import { licenceToBytes32 } from "../../hash/licence.js";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";
import { contributionOf } from "./contributionOf.js";
import { readDatanet } from "./readDatanet.js";

export type ContributeParameters = {
  readonly datanet: bigint;
  readonly recordsRoot: Hex;
  readonly recordCount: number;
  readonly licence: string;
  readonly dataHash: Hex;
  /** Number of the rules agreed to; those in force unless said. Their fee is drawn: approve it to the contribution registry. */
  readonly rules?: number;
};

/**
 * Commits a contribution of records by the account; its file must be in the content store under `dataHash`.
 *
 * @returns `contribution`: what every later call about it has to bring.
 * @throws ContractRefusedError, TransactionFailedError
 */
export async function contribute(client: ChainClient, parameters: ContributeParameters) {
  const { datanet, recordsRoot, recordCount, licence, dataHash } = parameters;
  const rules = parameters.rules ?? (await readDatanet(client, datanet)).rules;
  const submitted = await submit(client, "contributionRegistry", "contribute", [
    datanet,
    recordsRoot,
    recordCount,
    licenceToBytes32(licence),
    dataHash,
    rules,
  ]);
  const event = eventOf(client, submitted, "contributionRegistry", "ContributionCommitted");
  return { ...submitted, event, contribution: contributionOf(event) };
}
