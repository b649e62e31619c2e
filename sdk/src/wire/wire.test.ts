import fc from "fast-check";
import { type Hex, keccak256, pad, recoverAddress, size, slice, stringToHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { describe, expect, it } from "vitest";
import { contentHash } from "../hash/content.js";
import { voucherDigest, voucherTypedData } from "../hash/typedData.js";
import type { Voucher } from "../hash/types.js";
import {
  type BatchFile,
  decodeBatchFile,
  decodeUnorderedBatchFile,
  encodeBatchFile,
  receiptTree,
} from "./batchFile.js";
import { canonicalJson, fractionsAsText, type JsonValue } from "./canonicalJson.js";
import { contributionCommitment, decodeContributionFile, encodeContributionFile } from "./contributionFile.js";
import { decodeEpochFile, encodeEpochFile } from "./epochFile.js";
import { packSettlementRows } from "./settlementRows.js";
import { decodeTrainingManifest, encodeTrainingManifest, type TrainingManifest } from "./trainingManifest.js";
import { decodeVoucherHeader, encodeVoucherHeader } from "./voucherHeader.js";

const word = (text: string): Hex => keccak256(stringToHex(text));
const account = privateKeyToAccount(word("key"));
const domain = { chainId: 31_337, market: account.address } as const;
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytesOf = (json: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(json));

describe("canonical JSON", () => {
  it("has one spelling whatever the order of the keys", () => {
    const keyed = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.maxSafeInteger(), fc.boolean()));
    fc.assert(
      fc.property(keyed, (value) => {
        const wellFormed = !/\p{Surrogate}/u.test(JSON.stringify(Object.entries(value).flat()));
        fc.pre(wellFormed && !Object.values(value).some((member) => Object.is(member, -0)));
        const turned = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(turned)).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual({ ...value });
      }),
    );
    expect(canonicalJson({ b: [1, "ü"], a: null, c: undefined })).toBe('{"a":null,"b":[1,"ü"]}');
  });

  it("refuses what has no exact spelling", () => {
    for (const wrong of [0.5, Number.NaN, 2 ** 53, -0, "\ud800", { "\udc00": 1 }, [1n]]) {
      expect(() => canonicalJson(wrong as JsonValue)).toThrow(/expected/);
    }
    expect(fractionsAsText({ eps: 1e-5, rope: 10_000, none: null })).toEqual({
      eps: "0.00001",
      rope: 10_000,
      none: null,
    });
  });
});

describe("contribution file", () => {
  const file = {
    datanet: 3n,
    contributor: account.address,
    licence: "MIT",
    source: { name: "zod", version: "4.6.7" },
    records: [
      { path: "README.md", text: "Ümlaut\n" },
      { path: "src/a.ts", text: "" },
    ],
  };

  it("comes back as it was, under the commitment of its bytes", () => {
    const bytes = encodeContributionFile(file);
    expect(decodeContributionFile(bytes)).toEqual(file);
    expect(contributionCommitment(file)).toMatchObject({ recordCount: 2, dataHash: contentHash(bytes) });
    const other = { ...file, records: [...file.records].reverse() };
    expect(contributionCommitment(other).recordsRoot).not.toBe(contributionCommitment(file).recordsRoot);
  });

  it("names the place of a fault", () => {
    const json = JSON.parse(text(encodeContributionFile(file)));
    const decode = (changed: object) => () => decodeContributionFile(bytesOf({ ...json, ...changed }));
    expect(decode({ format: "x" })).toThrow(/contribution file at format: expected "openledger.contribution\/1"/);
    expect(decode({ records: [{ path: "a" }] })).toThrow(/at records\[0\].text: expected a string/);
    expect(decode({ records: [] })).toThrow(/at least one record/);
    expect(decode({ datanet: "01" })).toThrow(/at datanet: expected an unsigned integer of 64 bits/);
    expect(decode({ datanet: `${1n << 64n}` })).toThrow(/64 bits/);
    expect(decode({ datanet: 1.5 })).toThrow(/64 bits/);
    expect(decode({ contributor: "0x12" })).toThrow(/40 hex digits/);
    expect(() => decodeContributionFile(Uint8Array.of(0xff))).toThrow(/expected UTF-8 JSON/);
    expect(() => decodeContributionFile(bytesOf([]))).toThrow(/expected an object/);
  });
});

describe("batch file", () => {
  const receipt = (channel: string, model: bigint, nonce: bigint) => ({
    receipt: {
      channel: word(channel),
      model,
      nonce,
      cumulative: 10n ** 20n,
      fee: 7n,
      promptTokens: 1,
      outputTokens: 2,
      requestHash: word("a"),
      programRoot: word("b"),
      seed: word("c"),
      outputHash: word("d"),
      attributionHash: word("e"),
    },
    signature: `0x${"12".repeat(65)}` as Hex,
    shares: [{ account: account.address, share: 65_536 }],
    records: [{ datanet: 1n, version: 1, recordIndex: 2n ** 60n, share: 5 }],
    methodHash: word("f"),
  });
  const file: BatchFile = {
    runner: account.address,
    chainId: 31_337,
    market: account.address,
    receipts: [receipt("x", 1n, 1n), receipt("x", 1n, 2n), receipt("x", 2n, 1n)],
  };

  it("comes back as it was", () => {
    expect(decodeBatchFile(encodeBatchFile(file))).toEqual(file);
    expect(
      receiptTree(
        domain,
        file.receipts.map((entry) => entry.receipt),
      ).count,
    ).toBe(3n);
  });

  it("is refused out of order", () => {
    const turned = { ...file, receipts: [...file.receipts].reverse() };
    expect(() => decodeBatchFile(encodeBatchFile(turned))).toThrow(/found entry 1 out of order/);
    const twice = { ...file, receipts: [file.receipts[0]!, file.receipts[0]!] };
    expect(() => decodeBatchFile(encodeBatchFile(twice))).toThrow(/out of order/);
    expect(decodeUnorderedBatchFile(encodeBatchFile(turned))).toEqual(turned);
  });
});

describe("epoch file and training manifest", () => {
  it("come back as they were", () => {
    const epoch = {
      epoch: 1n,
      firstBatch: 1n,
      lastBatch: 9n,
      stream: 1n,
      total: 12n,
      credits: [{ contributor: account.address, batch: 2n, receiptIndex: 3, amount: 12n, running: 12n }],
      payouts: [{ account: account.address, cumulative: 12n, runningSum: 12n }],
    };
    expect(decodeEpochFile(encodeEpochFile(epoch))).toEqual(epoch);

    const manifest: TrainingManifest = {
      base: 1n,
      baseWeightsRoot: word("base"),
      datanets: [{ datanet: 1n, version: 2, root: word("version") }],
      seed: word("seed"),
      hyperparameters: { rank: 8, learningRate: "0.003" },
      adapterConfig: { r: 8, target_modules: ["q_proj"], bias: null },
      engine: "0.1.0",
      program: { tier: "w8a16", arithmetic: "float", id: word("program") },
      steps: 300,
      tokens: 123_456,
      lossBefore: "3.1234",
      lossAfter: "2.5",
      weights: { hash: word("file"), root: word("root") },
      split: { heldOut: "every tenth record" },
    };
    expect(decodeTrainingManifest(encodeTrainingManifest(manifest))).toEqual(manifest);
    const json = JSON.parse(text(encodeTrainingManifest(manifest)));
    expect(() => decodeTrainingManifest(bytesOf({ ...json, lossAfter: 2.5 }))).toThrow(
      /at lossAfter: expected a string/,
    );
  });
});

describe("voucher", () => {
  const voucher = (model: bigint, nonce: bigint, channel = word("channel")): Voucher => ({
    channel,
    model,
    nonce,
    cumulativeCap: 1000n * nonce,
    requestHash: word("request"),
    deadline: 1_900_000_000n,
  });
  const sign = async (one: Voucher) => ({
    voucher: one,
    signature: await account.signTypedData(voucherTypedData(domain, one)),
  });

  it("travels in a header", async () => {
    const payment = { ...(await sign(voucher(1n, 1n))), salt: word("salt") };
    const header = encodeVoucherHeader(payment);
    expect(header).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(decodeVoucherHeader(header)).toEqual(payment);
    for (const wrong of ["", "%%", header.slice(0, 100), encodeVoucherHeader({ ...payment, signature: "0x12" })]) {
      expect(() => decodeVoucherHeader(wrong)).toThrow(/voucher header/);
    }
  });

  const parties = { payer: account.address, channelSalt: 0xabcn };

  it("is packed for settlement by ascending model and channel", async () => {
    const [low, high]: [Hex, Hex] = [pad("0x01"), pad("0xff", { dir: "right" })];
    const vouchers = [voucher(9n, 1n, high), voucher(2n, 3n), voucher(9n, 2n, low)];
    const signed = await Promise.all(vouchers.map(sign));
    const rows = packSettlementRows(
      signed.map((one) => ({ ...parties, ...one, cumulative: one.voucher.cumulativeCap - 1n })),
    );

    // Two groups of 10 bytes and three rows of 168.
    expect(size(rows)).toBe(2 * 10 + 3 * 168);
    expect(slice(rows, 0, 10)).toBe("0x00000000000000020001");
    expect(slice(rows, 178, 188)).toBe("0x00000000000000090002");
    expect(BigInt(slice(rows, 188 + 32, 188 + 40))).toBe(2n);
    expect(BigInt(slice(rows, 188 + 168 + 32, 188 + 168 + 40))).toBe(1n);
    const first = slice(rows, 10, 178);
    expect(slice(first, 0, 20)).toBe(account.address.toLowerCase());
    expect(BigInt(slice(first, 20, 32))).toBe(0xabcn);
    expect(BigInt(slice(first, 32, 40))).toBe(3n);
    expect(BigInt(slice(first, 40, 52))).toBe(2999n);
    expect(BigInt(slice(first, 52, 64))).toBe(3000n);
    expect(slice(first, 64, 96)).toBe(word("request"));
    expect(BigInt(slice(first, 96, 104))).toBe(1_900_000_000n);

    // EIP-2098, undone by hand: the parity is the top bit of the last word.
    const vs = BigInt(slice(first, 136, 168));
    const s = (vs & ((1n << 255n) - 1n)).toString(16).padStart(64, "0");
    const signature: Hex = `${slice(first, 104, 136)}${s}${vs >> 255n === 1n ? "1c" : "1b"}`;
    expect(await recoverAddress({ hash: voucherDigest(domain, voucher(2n, 3n)), signature })).toBe(account.address);
  });

  it("is never settled above its cap", async () => {
    const signed = await sign(voucher(1n, 1n));
    const above = { ...parties, ...signed, cumulative: 1001n };
    expect(() => packSettlementRows([above])).toThrow(/at most the signed cap 1000/);
    expect(() => packSettlementRows([])).toThrow(/at least one voucher/);
  });

  it("is settled once for each channel and model", async () => {
    const row = { ...parties, ...(await sign(voucher(1n, 1n))), cumulative: 1n };
    const later = { ...parties, ...(await sign(voucher(1n, 2n))), cumulative: 2n };
    expect(() => packSettlementRows([row, later])).toThrow(/one for each channel and model/);
    expect(() => packSettlementRows([{ ...row, channelSalt: 1n << 96n }])).toThrow(/channelSalt.*96 bits/s);
  });
});
