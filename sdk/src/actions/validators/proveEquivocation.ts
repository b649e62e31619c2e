import type { Address, Hex } from "viem";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

/** A commitment that a validator spoke for: signed, or (signature `0x`) the one that the round holds of it. */
export type ScoresStatement = {
  readonly commitment: Hex;
  readonly deadline: bigint;
  readonly signature: Hex;
};

export type ProveEquivocationParameters = {
  readonly round: bigint;
  readonly validator: Address;
  readonly statements: readonly [ScoresStatement, ScoresStatement];
};

/**
 * Proves that a validator stands for two commitments in one round: it is slashed, the account gets the bounty.
 *
 * @throws ContractRefusedError, TransactionFailedError
 */
export async function proveEquivocation(client: ChainClient, parameters: ProveEquivocationParameters) {
  const { round, validator, statements } = parameters;
  const submitted = await submit(client, "datanetValidators", "proveEquivocation", [round, validator, ...statements]);
  return { ...submitted, event: eventOf(client, submitted, "datanetValidators", "Equivocated") };
}
