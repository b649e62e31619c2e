import type { ContractFunctionArgs } from "viem";
import type { ChainClient } from "../ChainClient.js";
import type { ContractAbis } from "../contracts.js";
import { submit } from "../submit.js";

/** The proofs against batches and their runners, by the name of the verifier's function. */
export type BatchProofName =
  | "proveNeighbours"
  | "proveBoundary"
  | "proveEdge"
  | "proveUnsettled"
  | "proveUncovered"
  | "proveFee"
  | "proveOmitted"
  | "proveEquivocation";

/** A proof ready to be sent. */
export type BatchProof = {
  readonly [N in BatchProofName]: {
    readonly name: N;
    readonly args: ContractFunctionArgs<ContractAbis["receiptVerifier"], "nonpayable", N>;
  };
}[BatchProofName];

/**
 * Sends a proof against a batch, which voids it, or against a runner that signed two receipts for one nonce. The bounty goes
 * to the account.
 *
 * @throws ContractRefusedError with `ReceiptVerifier_NoFault` when it proves nothing.
 */
export function proveBatch(client: ChainClient, proof: BatchProof) {
  return submit(client, "receiptVerifier", proof.name, proof.args as never);
}
