import type { Hex } from "viem";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type ProposeEpochParameters = {
  readonly epoch: bigint;
  readonly creditsRoot: Hex;
  readonly payoutsRoot: Hex;
  readonly total: bigint;
  readonly dataHash: Hex;
};

/** Proposes an open epoch's roots; the oracle contract must be approved for the bond. @throws ContractRefusedError, TransactionFailedError */
export async function proposeEpoch(client: ChainClient, parameters: ProposeEpochParameters) {
  const { epoch, creditsRoot, payoutsRoot, total, dataHash } = parameters;
  const submitted = await submit(client, "attributionOracle", "propose", [
    epoch,
    creditsRoot,
    payoutsRoot,
    total,
    dataHash,
  ]);
  return { ...submitted, event: eventOf(client, submitted, "attributionOracle", "EpochProposed") };
}
