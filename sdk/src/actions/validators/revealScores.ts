import type { Address } from "viem";
import type { ChainClient } from "../ChainClient.js";
import { type Submitted, submit } from "../submit.js";
import type { Scores } from "./commitScores.js";

/** Reveals a validator's scores: the account's unless another is named. @throws ContractRefusedError, TransactionFailedError */
export async function revealScores(
  client: ChainClient,
  parameters: Scores & { readonly validator?: Address },
): Promise<Submitted> {
  const { round, scores, salt, validator = client.account.address } = parameters;
  return submit(client, "datanetValidators", "reveal", [round, validator, scores, salt]);
}
