import type { Contribution } from "../../hash/contributionDigest.js";
import type { ChainClient } from "../ChainClient.js";
import { type Submitted, submit } from "../submit.js";

export type SettleOverdueParameters = {
  readonly datanet: bigint;
  /** As `contribute` returned them, or `readContributions` finds them. */
  readonly contributions: readonly Contribution[];
};

/**
 * Ends contributions that nobody decided in time, at most 64: accepted where access is open, else rejected. Anyone may.
 *
 * @throws ContractRefusedError, TransactionFailedError
 */
export async function settleOverdue(client: ChainClient, parameters: SettleOverdueParameters): Promise<Submitted> {
  const { datanet, contributions } = parameters;
  return submit(client, "contributionRegistry", "settleOverdue", [datanet, contributions]);
}
