import type { Address } from "viem";
import type { GraphClient } from "./queryGraph.js";
import { readAll } from "./readAll.js";

export type IndexedStakePool = {
  readonly operator: Address;
  readonly role: string;
  /** The operator's own tokens, thawing ones included. */
  readonly own: bigint;
  readonly ownThawing: bigint;
  /** Tokens that others delegated, and their shares in them, thawing ones included. */
  readonly delegated: bigint;
  readonly shares: bigint;
  readonly thawingShares: bigint;
  readonly locked: bigint;
  /** Of fees as they are added, basis points. */
  readonly feeCutBps: number;
  readonly endpoint: string | null;
};

const FIELDS = "operator role own ownThawing delegated shares thawingShares locked feeCutBps endpoint";

/** The stake pools of a role: who serves or attributes, and where they are reached. */
export async function stakePools(
  client: GraphClient,
  role: "Runner" | "Oracle" | "Validator" | "Model" | "Agent",
): Promise<IndexedStakePool[]> {
  const rows = await readAll(client, "stakePools", `role: "${role}"`, FIELDS);
  return rows.map((row) => ({
    operator: row.address("operator"),
    role: row.text("role"),
    own: row.bigint("own"),
    ownThawing: row.bigint("ownThawing"),
    delegated: row.bigint("delegated"),
    shares: row.bigint("shares"),
    thawingShares: row.bigint("thawingShares"),
    locked: row.bigint("locked"),
    feeCutBps: row.int("feeCutBps"),
    endpoint: row.optionalText("endpoint"),
  }));
}
