import type { Address, Hex } from "viem";
import type { GraphClient } from "./queryGraph.js";
import { readAll } from "./readAll.js";

export type IndexedChannel = {
  readonly channel: Hex;
  readonly payer: Address;
  readonly runner: Address;
  readonly balance: bigint;
  readonly claimed: bigint;
  readonly thawing: bigint;
  readonly thawEnd: bigint;
  readonly transaction: Hex;
};

/** All channels, or those of one payer. */
export async function channels(
  client: GraphClient,
  filter: { readonly payer?: Address } = {},
): Promise<IndexedChannel[]> {
  const where = filter.payer === undefined ? "" : `payer: "${filter.payer.toLowerCase()}"`;
  const rows = await readAll(
    client,
    "channels",
    where,
    "payer { id } runner { id } balance claimed thawing thawEnd transaction",
  );
  return rows.map((row) => ({
    channel: row.hex("id"),
    payer: row.child("payer").address("id"),
    runner: row.child("runner").address("id"),
    balance: row.bigint("balance"),
    claimed: row.bigint("claimed"),
    thawing: row.bigint("thawing"),
    thawEnd: row.bigint("thawEnd"),
    transaction: row.hex("transaction"),
  }));
}
