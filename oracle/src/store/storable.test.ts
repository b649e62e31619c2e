import { pad } from "viem";
import { expect, it } from "vitest";
import { eventValue } from "../chain/ProtocolEvent.js";
import { BatchLedger } from "./BatchLedger.js";
import type { SettledBatch } from "./ChainFacts.js";
import type { Database } from "./Database.js";

it("stores a name with a NUL, which anyone can register and PostgreSQL does not hold", () => {
  const args = eventValue({ name: "a\0b", versions: [{ note: "\0" }] });

  expect(args).toEqual({ name: "a\ufffdb", versions: [{ note: "\ufffd" }] });
});

it("stores a verdict that quotes a NUL and much besides of what a runner sent", async () => {
  const stored: unknown[] = [];
  const database = { query: async (_text: string, values: readonly unknown[]) => void stored.push(...values) };
  const ledger = new BatchLedger(database as unknown as Database);
  const batch = { batch: 1n, blockHash: pad("0x1") } as SettledBatch;
  const found = `\0${"x".repeat(1_000_000)}`;
  const fault = { check: "undisclosed", asked: "an answer", found } as const;

  await ledger.judge(
    batch,
    { batch: 1n, receiptIndex: 0, hash: pad("0x2"), model: 1n, cumulative: 1n, fee: 1n, shares: [], fault },
    new Date(0),
  );
  await ledger.refuse(batch, found);

  const texts = stored.filter((value) => typeof value === "string");
  expect(texts).toContain(`\ufffd${"x".repeat(999)}`);
  expect(texts.filter((text) => text.includes("\0") || text.length > 1000)).toEqual([]);
});
