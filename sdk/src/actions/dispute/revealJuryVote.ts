import type { Address, Hex } from "viem";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";
import { type JuryVote, juryVoteNumber } from "./juryVote.js";

export type RevealJuryVoteParameters = {
  readonly dispute: bigint;
  readonly juror: Address;
  readonly vote: JuryVote;
  readonly salt: Hex;
};

/** Reveals a juror's vote. @throws ContractRefusedError, TransactionFailedError */
export async function revealJuryVote(client: ChainClient, parameters: RevealJuryVoteParameters) {
  const { dispute, juror, vote, salt } = parameters;
  const submitted = await submit(client, "jury", "revealVote", [dispute, juror, juryVoteNumber(vote), salt]);
  return { ...submitted, event: eventOf(client, submitted, "jury", "VoteRevealed") };
}
