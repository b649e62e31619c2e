import { pad } from "viem";
import { expect, test } from "vitest";
import { receiptLeaf } from "../hash/receiptLeaf.js";
import { receiptHash } from "../hash/typedData.js";
import type { Receipt } from "../hash/types.js";
import { domainHash } from "../merkle/domain.js";
import { verifyMerkleRange } from "../merkle/verifyMerkleRange.js";
import { receiptTree } from "../wire/batchFile.js";
import { batchDisclosure, type ReceiptDisclosure } from "./batchDisclosure.js";

const market = { chainId: 10, market: pad("0x1", { size: 20 }) };

const disclosureOf = (nonce: bigint, shareCount: number): ReceiptDisclosure => ({
  receipt: {
    channel: pad("0xa1"),
    model: 1n,
    nonce,
    cumulative: nonce,
    fee: 1n,
    promptTokens: 1,
    outputTokens: 1,
    requestHash: pad("0x4"),
    programRoot: pad("0x5"),
    seed: pad("0x6"),
    outputHash: pad("0x7"),
    attributionHash: pad("0x8"),
  } satisfies Receipt,
  attribution: {
    shares: Array.from({ length: shareCount }, () => ({ account: pad("0x2", { size: 20 }), share: 1 })),
    recordsHash: pad("0xb"),
    methodHash: pad("0xc"),
  },
});

const listOf = (length: number, shareCount: number) =>
  Array.from({ length }, (_, index) => disclosureOf(BigInt(index + 1), shareCount));

const rootOf = (disclosures: readonly ReceiptDisclosure[]) =>
  receiptTree(
    market,
    disclosures.map(({ receipt }) => receipt),
  );

test.each([
  [1, 0],
  [170, 0],
  [171, 0],
  [64, 72],
])("%i receipts of %i shares are shown whole, by ranges that a transaction holds", (length, shareCount) => {
  const disclosures = listOf(length, shareCount);
  const { root } = rootOf(disclosures);
  const rangeFrom = batchDisclosure({ market, receiptsRoot: root, disclosures });

  const shown: ReceiptDisclosure[] = [];
  for (let range = rangeFrom(0); range !== undefined; range = rangeFrom(shown.length)) {
    expect(range.first).toBe(BigInt(shown.length));
    expect(range.disclosures.length * (18 * 32 + 64 * shareCount)).toBeLessThanOrEqual(96 * 1024);
    const leaves = range.disclosures.map(({ receipt }) => receiptLeaf(receiptHash(market, receipt)));
    const proof = { firstIndex: range.first, count: range.count, siblings: range.siblings };
    expect(verifyMerkleRange(domainHash("Receipt"), root, leaves, proof)).toBe(true);
    shown.push(...range.disclosures);
  }

  expect(shown).toEqual(disclosures);
});

test("an empty batch is shown by one range of none", () => {
  const rangeFrom = batchDisclosure({ market, receiptsRoot: rootOf([]).root, disclosures: [] });

  expect(rangeFrom(0)).toEqual({ first: 0n, count: 0n, disclosures: [], siblings: [] });
});

test("receipts of another batch are refused", () => {
  expect(() => batchDisclosure({ market, receiptsRoot: rootOf([]).root, disclosures: listOf(1, 0) })).toThrow(
    /list under/,
  );
});
