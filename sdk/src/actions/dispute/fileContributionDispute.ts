import type { ContractFunctionArgs, Hex } from "viem";
import type { ChainClient } from "../ChainClient.js";
import type { ContractAbis } from "../contracts.js";
import { eventOf, submit } from "../submit.js";
import { disputeKindNumber } from "./disputeKind.js";

/** A contribution as its registry's event told it. */
export type DisputedContribution = ContractFunctionArgs<
  ContractAbis["disputeManager"],
  "nonpayable",
  "fileContribution"
>[1];

export type FileContributionDisputeParameters = {
  readonly kind: "licence" | "data";
  readonly contribution: DisputedContribution;
  /** The record that is disputed; undefined for the whole contribution. */
  readonly recordIndex: number | undefined;
  /** SHA-256 of the evidence in the content store. */
  readonly evidenceHash: Hex;
};

/**
 * Disputes a contribution or one of its records. The jury must be approved for the bond.
 *
 * @throws ContractRefusedError, TransactionFailedError
 */
export async function fileContributionDispute(client: ChainClient, parameters: FileContributionDisputeParameters) {
  const { kind, contribution, recordIndex, evidenceHash } = parameters;
  const offence = recordIndex === undefined ? 0n : BigInt(recordIndex) + 1n;
  const args = [disputeKindNumber(kind), contribution, offence, evidenceHash] as const;
  const submitted = await submit(client, "disputeManager", "fileContribution", args);
  return { ...submitted, event: eventOf(client, submitted, "disputeManager", "DisputeFiled") };
}
