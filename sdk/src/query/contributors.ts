import type { Address } from "viem";
import type { GraphClient } from "./queryGraph.js";
import { readAll } from "./readAll.js";

export type IndexedContributor = {
  readonly account: Address;
  readonly contributionCount: bigint;
  readonly recordCount: bigint;
  /** All that was paid to it, base units. */
  readonly claimed: bigint;
};

/** Everybody who contributed or was paid, pools included (a pool's account is its Datanet's number). */
export async function contributors(client: GraphClient): Promise<IndexedContributor[]> {
  const rows = await readAll(client, "contributors", "", "contributionCount recordCount claimed");
  return rows.map((row) => ({
    account: row.address("id"),
    contributionCount: row.bigint("contributionCount"),
    recordCount: row.bigint("recordCount"),
    claimed: row.bigint("claimed"),
  }));
}
