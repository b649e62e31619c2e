import { expect, it } from "vitest";
import type { Connection } from "../connect.js";
import { readLeaderboard } from "./leaderboard.js";

const row = (id: string, standingCount: string) => ({
  id,
  contributionCount: "2",
  recordCount: "9",
  standingCount,
  claimed: "5",
});
const [LOW, HIGH] = [`0x${"1a".repeat(20)}`, `0x${"b2".repeat(20)}`];

function indexThatGives(rows: readonly object[]): { connection: Connection; asked: string[] } {
  const asked: string[] = [];
  const fetch = async (_: unknown, init?: RequestInit) => {
    asked.push(JSON.parse(String(init?.body)).query);
    return Response.json({ data: { contributors: rows } });
  };
  return { connection: { graph: { url: "http://index", fetch } } as unknown as Connection, asked };
}

it("lists who has most records that stand, equals by account", async () => {
  const { connection, asked } = indexThatGives([row(HIGH, "7"), row(LOW, "7")]);

  const rows = await readLeaderboard(connection, { by: "records", first: "2" });

  expect(rows.map(({ account }) => account.toLowerCase())).toEqual([LOW, HIGH]);
  expect(asked).toEqual([expect.stringContaining("first: 2, orderBy: standingCount, orderDirection: desc")]);
});

it("lists who was paid most, and refuses what it cannot list", async () => {
  const { connection, asked } = indexThatGives([]);

  expect(await readLeaderboard(connection, { by: "paid", first: "1000" })).toEqual([]);
  expect(asked[0]).toContain("orderBy: claimed");
  await expect(readLeaderboard(connection, { by: "feedback", first: "1" })).rejects.toThrow(
    /records or paid.*feedback/,
  );
  for (const first of ["0", "1001", "1.5", "many"]) {
    await expect(readLeaderboard(connection, { by: "paid", first })).rejects.toThrow("1 to 1000");
  }
  expect(asked).toHaveLength(1);
});
