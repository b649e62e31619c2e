import type { Hex } from "viem";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type SubmitEvidenceParameters = { readonly dispute: bigint; readonly evidenceHash: Hex };

/** Adds evidence to a hearing. @throws ContractRefusedError, TransactionFailedError */
export async function submitEvidence(client: ChainClient, { dispute, evidenceHash }: SubmitEvidenceParameters) {
  const submitted = await submit(client, "jury", "submitEvidence", [dispute, evidenceHash]);
  return { ...submitted, event: eventOf(client, submitted, "jury", "EvidenceSubmitted") };
}
