import type { Address } from "viem";
import type { GraphClient } from "./queryGraph.js";
import { readAll } from "./readAll.js";

export type IndexedStakePool = {
  readonly operator: Address;
  readonly role: string;
  readonly tokens: bigint;
  readonly thawing: bigint;
  readonly endpoint: string | null;
};

/** The stake pools of a role: who serves or attributes, and where they are reached. */
export async function stakePools(
  client: GraphClient,
  role: "Runner" | "Oracle" | "Validator" | "Model" | "Agent",
): Promise<IndexedStakePool[]> {
  const rows = await readAll(client, "stakePools", `role: "${role}"`, "operator role tokens thawing endpoint");
  return rows.map((row) => ({
    operator: row.address("operator"),
    role: row.text("role"),
    tokens: row.bigint("tokens"),
    thawing: row.bigint("thawing"),
    endpoint: row.optionalText("endpoint"),
  }));
}
