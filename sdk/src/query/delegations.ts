import type { Address } from "viem";
import type { GraphClient } from "./queryGraph.js";
import { readAll } from "./readAll.js";

export type IndexedDelegation = {
  readonly operator: Address;
  readonly role: string;
  readonly shares: bigint;
  readonly thawingShares: bigint;
  /** Unix seconds; 0 when none thaw. */
  readonly thawEnd: bigint;
  /** What the shares are worth, base units, rounded down. */
  readonly tokens: bigint;
  /** All tokens ever paid in and out, and fees claimed. */
  readonly deposited: bigint;
  readonly withdrawn: bigint;
  readonly feesClaimed: bigint;
};

const FIELDS = "shares thawingShares thawEnd deposited withdrawn feesClaimed pool { operator role delegated shares }";

/** All pools that an account ever delegated to. */
export async function delegations(client: GraphClient, delegator: Address): Promise<IndexedDelegation[]> {
  const rows = await readAll(client, "delegations", `delegator: "${delegator.toLowerCase()}"`, FIELDS);
  return rows.map((row) => {
    const pool = row.child("pool");
    const shares = row.bigint("shares");
    return {
      operator: pool.address("operator"),
      role: pool.text("role"),
      shares,
      thawingShares: row.bigint("thawingShares"),
      thawEnd: row.bigint("thawEnd"),
      tokens: shares === 0n ? 0n : (shares * pool.bigint("delegated")) / pool.bigint("shares"),
      deposited: row.bigint("deposited"),
      withdrawn: row.bigint("withdrawn"),
      feesClaimed: row.bigint("feesClaimed"),
    };
  });
}
