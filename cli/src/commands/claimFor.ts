import {
  type ChainClient,
  claim,
  decodeEpochFile,
  OpenLedgerError,
  payoutClaim,
  query,
  readClaimed,
} from "@openledger/sdk";
import type { Address, Hex } from "viem";
import type { Connection } from "../connect.js";

export type Claimed = {
  readonly account: Address;
  readonly epoch: bigint;
  readonly amount: bigint;
  readonly transaction: Hex | undefined;
};

/**
 * Pays an account what the newest final epoch gives it. The opening is built here from the epoch's file, whose leaves
 * the contract checks against the root: no oracle has to be trusted or even to run.
 *
 * @param client Pays for the transaction; the money goes to `account` whoever sends it.
 * @throws OpenLedgerError `nothing_to_claim`
 */
export async function claimFor(connection: Connection, client: ChainClient, account: Address): Promise<Claimed> {
  const epochs = await query.epochs(connection.graph);
  const last = epochs.filter(({ state }) => state === "Final").at(-1);
  if (last?.dataHash == null) throw nothing(account, "no epoch is final yet");
  const file = decodeEpochFile(await connection.content.get(last.dataHash));
  const opening = payoutClaim(file, account);
  if (opening === undefined) throw nothing(account, `epoch ${last.number} does not list it`);

  const before = await readClaimed(connection.reader, opening.stream, account);
  if (opening.cumulative <= before) throw nothing(account, `all of ${before} base units was paid`);
  const { hash, event } = await claim(client, opening);
  return { account, epoch: last.number, amount: event.amount, transaction: hash };
}

function nothing(account: Address, why: string): OpenLedgerError {
  return new OpenLedgerError(`${account} has nothing to claim: ${why}.`, { code: "nothing_to_claim", retryable: true });
}
