import { InvalidValueError, query } from "@openledger/sdk";
import type { Connection } from "../connect.js";

const ORDERS = { records: "standingCount", paid: "claimed" } as const;

/** Contributors by what was settled. @throws InvalidValueError */
export async function readLeaderboard(
  { graph }: Connection,
  asked: { readonly by: string; readonly first: string },
): Promise<readonly query.IndexedContributor[]> {
  if (asked.by !== "records" && asked.by !== "paid") throw new InvalidValueError("--by", "records or paid", asked.by);
  return query.leaderboard(graph, { by: ORDERS[asked.by], first: Number(asked.first) });
}
