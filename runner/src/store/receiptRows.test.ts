import { DocumentReader, readCitation } from "@openledger/sdk";
import { pad } from "viem";
import { expect, it } from "vitest";
import { insertReceipt } from "./receiptRows.js";
import type { StoredReceipt } from "./StoredReceipt.js";

it("stores an answer of records whose contributor wrote a NUL, which PostgreSQL does not hold", async () => {
  const stored: unknown[] = [];
  const query = async (_text: string, values: readonly unknown[] = []) => {
    stored.push(...values);
    return [];
  };
  const record = {
    datanet: 1n,
    version: 1,
    recordIndex: 0n,
    share: 65_536,
    contribution: 1n,
    contributor: pad("0x1", { size: 20 }),
    licence: "MIT",
    source: { name: "tales\0", version: "1\0", path: "\0.txt" },
    excerpt: "a\0b",
  };
  const { share: _, excerpt: __, datanet, version, ...origin } = record;
  const citation = { datanet, version, from: 2, text: "a\0b", count: 1, places: [{ ...origin, offset: 3 }] };
  const attribution = { shares: [], records: [record], methodHash: pad("0x2"), citations: [citation] };
  const answer = { tokens: [1], text: "\0", finish: "stop", attribution } as const;

  await insertReceipt({ query } as Parameters<typeof insertReceipt>[0], {
    hash: pad("0x3"),
    digest: pad("0x4"),
    receipt: {} as StoredReceipt["receipt"],
    signature: "0x",
    answer,
  });

  const records = stored.find((value) => typeof value === "string" && value.includes("tales"));
  expect(JSON.parse(String(records))[0]).toMatchObject({
    source: { name: "tales\ufffd", version: "1\ufffd", path: "\ufffd.txt" },
    excerpt: "a\ufffdb",
  });
  const citations = JSON.parse(String(stored.find((value) => typeof value === "string" && value.includes("places"))));
  expect(readCitation(new DocumentReader("citation", citations[0]))).toEqual({
    ...citation,
    text: "a\ufffdb",
    places: [{ ...origin, offset: 3, source: { name: "tales\ufffd", version: "1\ufffd", path: "\ufffd.txt" } }],
  });
  expect(stored.filter((value) => typeof value === "string" && /\0|\\u0000/.test(value))).toEqual([]);
});
