import type { Contribution } from "../../hash/contributionDigest.js";
import type { ChainClient } from "../ChainClient.js";
import { type Submitted, submit } from "../submit.js";

export type RevokeRecordParameters = {
  readonly contribution: Contribution;
  /** The record's place in it, from 0. */
  readonly index: number;
};

/** Revokes one record of an accepted contribution for all later versions. Only a moderator. @throws ContractRefusedError, TransactionFailedError */
export async function revokeRecord(client: ChainClient, parameters: RevokeRecordParameters): Promise<Submitted> {
  const { contribution, index } = parameters;
  return submit(client, "contributionRegistry", "revokeRecord", [contribution, index]);
}
