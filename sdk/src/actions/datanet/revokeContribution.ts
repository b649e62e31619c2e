import type { Contribution } from "../../hash/contributionDigest.js";
import type { ChainClient } from "../ChainClient.js";
import { type Submitted, submit } from "../submit.js";

/** Revokes an accepted contribution for all later versions, or rejects an undecided one. Only a moderator. @throws ContractRefusedError, TransactionFailedError */
export async function revokeContribution(client: ChainClient, contribution: Contribution): Promise<Submitted> {
  return submit(client, "contributionRegistry", "revokeContribution", [contribution]);
}
