import type { Hex } from "viem";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

export type ProposeEpochParameters = {
  readonly epoch: bigint;
  readonly creditsRoot: Hex;
  readonly payoutsRoot: Hex;
  readonly total: bigint;
  readonly dataHash: Hex;
  /** Timestamp as of which cases and voids count, seconds since 1970: since the epoch was opened, before the newest block. */
  readonly asOf: bigint;
};

/** Proposes an open epoch's roots; the oracle contract must be approved for the bond. @throws ContractRefusedError, TransactionFailedError */
export async function proposeEpoch(client: ChainClient, parameters: ProposeEpochParameters) {
  const { epoch, creditsRoot, payoutsRoot, total, dataHash, asOf } = parameters;
  const submitted = await submit(client, "attributionOracle", "propose", [
    epoch,
    creditsRoot,
    payoutsRoot,
    total,
    dataHash,
    asOf,
  ]);
  return { ...submitted, event: eventOf(client, submitted, "attributionOracle", "EpochProposed") };
}
