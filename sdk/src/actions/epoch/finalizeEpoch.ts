import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type FinalizeEpochParameters = {
  readonly epoch: bigint;
};

/** Makes a proposed epoch final after its window and returns the bond. @throws ContractRefusedError, TransactionFailedError */
export async function finalizeEpoch(client: ChainClient, parameters: FinalizeEpochParameters) {
  const { epoch } = parameters;
  const submitted = await submit(client, "attributionOracle", "finalize", [epoch]);
  return { ...submitted, event: eventOf(client, submitted, "attributionOracle", "EpochFinalized") };
}
