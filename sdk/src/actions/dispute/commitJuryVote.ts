import type { Hex } from "viem";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type CommitJuryVoteParameters = { readonly dispute: bigint; readonly commitment: Hex };

/** Commits the account's vote, from `juryCommitment`. @throws ContractRefusedError, TransactionFailedError */
export async function commitJuryVote(client: ChainClient, { dispute, commitment }: CommitJuryVoteParameters) {
  const submitted = await submit(client, "jury", "commitVote", [dispute, commitment]);
  return { ...submitted, event: eventOf(client, submitted, "jury", "VoteCommitted") };
}
