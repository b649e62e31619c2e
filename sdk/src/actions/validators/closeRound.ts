import type { Contribution } from "../../hash/contributionDigest.js";
import type { ChainClient } from "../ChainClient.js";
import { type Submitted, submit } from "../submit.js";

export type CloseRoundParameters = {
  readonly round: bigint;
  /** Those it was opened with, in that order. */
  readonly contributions: readonly Contribution[];
};

/**
 * Ends a round whose windows are over: decides, or without quorum refers to the Datanet's owner. Anyone may.
 *
 * @throws ContractRefusedError, TransactionFailedError
 */
export async function closeRound(client: ChainClient, parameters: CloseRoundParameters): Promise<Submitted> {
  const { round, contributions } = parameters;
  return submit(client, "datanetValidators", "closeRound", [round, contributions]);
}
