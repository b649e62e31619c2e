import type { Contribution } from "../../hash/contributionDigest.js";
import type { ChainClient } from "../ChainClient.js";
import { type Submitted, submit } from "../submit.js";

/** Takes the account's own contribution back: undecided with its fee, accepted from all later versions. @throws ContractRefusedError, TransactionFailedError */
export async function withdrawContribution(client: ChainClient, contribution: Contribution): Promise<Submitted> {
  return submit(client, "contributionRegistry", "withdrawContribution", [contribution]);
}
