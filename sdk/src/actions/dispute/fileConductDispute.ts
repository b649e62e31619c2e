import { type Address, type Hex, numberToHex, pad } from "viem";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";
import { disputeKindNumber } from "./disputeKind.js";

/** Whose conduct: a runner's or an agent operator's address, or a model's number. */
export type ConductSubject =
  | { readonly kind: "downtime" | "agent"; readonly operator: Address }
  | { readonly kind: "model"; readonly model: bigint };

export type FileConductDisputeParameters = {
  readonly subject: ConductSubject;
  /** Since 1970: today or one of the 7 before. */
  readonly day: bigint;
  /** SHA-256 of the evidence in the content store. */
  readonly evidenceHash: Hex;
};

/**
 * Disputes what an operator did on a day. The jury must be approved for the bond.
 *
 * @throws ContractRefusedError, TransactionFailedError
 */
export async function fileConductDispute(client: ChainClient, parameters: FileConductDisputeParameters) {
  const { subject, day, evidenceHash } = parameters;
  const word = subject.kind === "model" ? numberToHex(subject.model, { size: 32 }) : pad(subject.operator);
  const args = [disputeKindNumber(subject.kind), word, day, evidenceHash] as const;
  const submitted = await submit(client, "disputeManager", "fileConduct", args);
  return { ...submitted, event: eventOf(client, submitted, "disputeManager", "DisputeFiled") };
}
