import type { ContractFunctionArgs } from "viem";
import type { ChainClient } from "../ChainClient.js";
import type { ContractAbis } from "../contracts.js";
import { eventOf, submit } from "../submit.js";

/** The proofs that cancel a false epoch, by the name of the court's function. */
export type ProofName =
  | "proveFirstCredit"
  | "proveCreditNeighbours"
  | "proveForeignCredit"
  | "proveCreditBeyond"
  | "proveCreditAmount"
  | "proveMissingCredit"
  | "provePayout"
  | "provePayoutNeighbours"
  | "provePayoutTotal";

/** A proof ready to be sent. */
export type EpochProof = {
  readonly [N in ProofName]: {
    readonly name: N;
    readonly args: ContractFunctionArgs<ContractAbis["epochCourt"], "nonpayable", N>;
  };
}[ProofName];

/**
 * Sends a proof against a proposed epoch. When the proof holds, the root is cancelled, its bond is forfeited and half of
 * it goes to the account.
 *
 * @throws ContractRefusedError with `EpochCourt_NoFault` when it proves nothing.
 */
export async function proveEpoch(client: ChainClient, proof: EpochProof) {
  const submitted = await submit(client, "epochCourt", proof.name, proof.args as never);
  return { ...submitted, event: eventOf(client, submitted, "attributionOracle", "EpochRefuted") };
}
