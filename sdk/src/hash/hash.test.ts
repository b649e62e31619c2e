import { createHash } from "node:crypto";
import fc from "fast-check";
import { concat, encodePacked, type Hex, keccak256, stringToHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { describe, expect, it } from "vitest";
import { attributionMethodHash, attributionRecordsHash } from "./attribution.js";
import { weightsRoot } from "./chunk.js";
import { contentCid, contentHash, contentHashOfCid } from "./content.js";
import { drawNumber } from "./draw.js";
import { licenceFromBytes32, licenceToBytes32 } from "./licence.js";
import { outputHash } from "./output.js";
import { poolAccount } from "./poolAccount.js";
import { type InferenceRequest, requestHash } from "./request.js";
import { sharesHash } from "./shares.js";
import {
  agentWalletDigest,
  agentWalletTypedData,
  receiptHash,
  receiptTypedData,
  voucherDigest,
  voucherTypedData,
} from "./typedData.js";
import type { AgentWalletSet, Receipt, Voucher } from "./types.js";

const word = (text: string): Hex => keccak256(stringToHex(text));
const domain = { chainId: 31_337, market: `0x${"11".repeat(20)}` } as const;
const account = privateKeyToAccount(word("key"));

const voucher: Voucher = {
  channel: word("channel"),
  model: 1n,
  nonce: 2n,
  cumulativeCap: 3n,
  requestHash: word("request"),
  deadline: 4n,
};

const receipt: Receipt = {
  channel: word("channel"),
  model: 1n,
  nonce: 2n,
  cumulative: 3n,
  fee: 4n,
  promptTokens: 5,
  outputTokens: 6,
  requestHash: word("request"),
  programRoot: word("program"),
  seed: word("seed"),
  outputHash: word("output"),
  attributionHash: word("attribution"),
};

const request: InferenceRequest = {
  model: 1n,
  salt: word("salt"),
  prompt: "const a =",
  maxTokens: 16,
  temperatureMilli: 700,
  topPMilli: 900,
  topK: 40,
  repetitionPenaltyMilli: 1100,
  seed: word("seed"),
};

/** The same object with one member changed, for each member. */
function mutants<T extends object>(value: T): T[] {
  return Object.entries(value).map(([key, member]) => {
    const changed =
      typeof member === "bigint"
        ? member + 1n
        : typeof member === "number"
          ? member + 1
          : `${member.slice(0, -1)}${member.endsWith("0") ? "1" : "0"}`;
    return { ...value, [key]: changed };
  });
}

describe("signed data", () => {
  it("binds every field, chain and contract", () => {
    const other = [
      { ...domain, chainId: 1 },
      { ...domain, market: `0x${"12".repeat(20)}` as const },
    ];
    const vouchers = [voucher, ...mutants(voucher)].map((one) => voucherDigest(domain, one));
    const receipts = [receipt, ...mutants(receipt)].map((one) => receiptHash(domain, one));
    const elsewhere = other.flatMap((one) => [voucherDigest(one, voucher), receiptHash(one, receipt)]);
    const all = [...vouchers, ...receipts, ...elsewhere];
    expect(new Set(all).size).toBe(7 + 13 + 4);
  });

  it("binds every field of a wallet's agreement, chain and contract", async () => {
    const { recoverAddress } = await import("viem");
    const agents = { chainId: 31_337, agentRegistry: domain.market };
    // in lower case: a mutant of a checksummed address has a false checksum
    const newWallet = account.address.toLowerCase() as Hex;
    const agreement: AgentWalletSet = { agentId: 1n, newWallet, owner: domain.market, deadline: 2n };
    const here = [agreement, ...mutants(agreement)].map((one) => agentWalletDigest(agents, one));
    const elsewhere = [
      { ...agents, chainId: 1 },
      { ...agents, agentRegistry: `0x${"12".repeat(20)}` as const },
    ].map((one) => agentWalletDigest(one, agreement));
    const signature = await account.signTypedData(agentWalletTypedData(agents, agreement));

    expect(new Set([...here, ...elsewhere]).size).toBe(5 + 2);
    expect(await recoverAddress({ hash: here[0]!, signature })).toBe(account.address);
  });

  it("is what a wallet signs", async () => {
    const { recoverAddress } = await import("viem");
    const signed = await account.signTypedData(voucherTypedData(domain, voucher));
    expect(await recoverAddress({ hash: voucherDigest(domain, voucher), signature: signed })).toBe(account.address);
    const answered = await account.signTypedData(receiptTypedData(domain, receipt));
    expect(await recoverAddress({ hash: receiptHash(domain, receipt), signature: answered })).toBe(account.address);
  });
});

describe("hashes", () => {
  it("bind every part of a request", () => {
    const hashes = [request, ...mutants(request)].map(requestHash);
    expect(new Set(hashes).size).toBe(10);
    expect(requestHash(request)).toBe(
      keccak256(
        concat([
          word("OpenLedger.Request.v1"),
          encodePacked(["uint64", "bytes32", "bytes32"], [1n, request.salt, word(request.prompt)]),
          encodePacked(
            ["uint32", "uint32", "uint32", "uint32", "uint32", "bytes32"],
            [16, 700, 900, 40, 1100, request.seed],
          ),
        ]),
      ),
    );
    expect(() => requestHash({ ...request, prompt: "\ud800" })).toThrow(/well-formed Unicode/);
  });

  it("bind salt and every token of an output", () => {
    const salt = word("salt");
    const expected = keccak256(concat([word("OpenLedger.Output.v1"), salt, "0x00000007", "0xffffffff"]));
    expect(outputHash(salt, [7, 4_294_967_295])).toBe(expected);
    expect(outputHash(salt, [])).toBe(keccak256(concat([word("OpenLedger.Output.v1"), salt])));
    expect(() => outputHash(salt, [-1])).toThrow(/32 bits/);
  });

  it("bind records and method of an attribution", () => {
    const records = [
      { datanet: 1n, version: 2, recordIndex: 3n, share: 9 },
      { datanet: 1n, version: 2, recordIndex: 4n, share: 9 },
    ];
    const packed = records.map((one) =>
      encodePacked(["uint64", "uint32", "uint64", "uint32"], [one.datanet, one.version, one.recordIndex, one.share]),
    );
    expect(attributionRecordsHash(records)).toBe(
      keccak256(concat([word("OpenLedger.AttributionRecords.v1"), ...packed])),
    );
    expect(() => attributionRecordsHash([...records].reverse())).toThrow(/descending share/);
    expect(() => attributionRecordsHash([records[0]!, records[0]!])).toThrow(/descending share/);
    expect(attributionMethodHash([word("a"), word("b")])).toBe(
      keccak256(concat([word("OpenLedger.AttributionMethod.v1"), word("a"), word("b")])),
    );
  });

  it("refuse shares that are not whole, ascending and positive", () => {
    const [a, b] = [poolAccount(1n), account.address];
    expect(sharesHash([])).toBe(keccak256(word("OpenLedger.Shares.v1")));
    expect(() => sharesHash([{ account: a, share: 65_535 }])).toThrow(/sum of 65536/);
    expect(() =>
      sharesHash([
        { account: a, share: 65_536 },
        { account: b, share: 0 },
      ]),
    ).toThrow(/above zero/);
    expect(() =>
      sharesHash([
        { account: a, share: 1 },
        { account: a, share: 65_535 },
      ]),
    ).toThrow(/ascending/);
  });

  it("cut a weight file into chunks", () => {
    const file = Uint8Array.from({ length: 2500 }, (_, at) => at % 251);
    const changed = file.slice();
    changed[2499] = 99;
    expect(weightsRoot(file)).not.toBe(weightsRoot(changed));
    expect(weightsRoot(file)).not.toBe(weightsRoot(file.subarray(0, 2499)));
  });
});

describe("draws", () => {
  it("are the first half of SHA-256 of a seed and a position", () => {
    const seed = Uint8Array.from({ length: 32 }, (_, i) => i);
    const digest = createHash("sha256").update(seed).update(Buffer.from("0000000100000002", "hex")).digest("hex");
    expect(drawNumber(seed, 2 ** 32 + 2)).toBe(BigInt(`0x${digest.slice(0, 32)}`));
    expect(() => drawNumber(seed.subarray(1), 0)).toThrow(/32 bytes/);
    expect(() => drawNumber(seed, -1)).toThrow(/position/);
  });
});

describe("content names", () => {
  it("are SHA-256 and its CID", () => {
    const bytes = new TextEncoder().encode("hello world");
    expect(contentHash(bytes)).toBe(`0x${createHash("sha256").update(bytes).digest("hex")}`);
    // The CID that `ipfs add --cid-version 1 --raw-leaves` prints for this text.
    expect(contentCid(contentHash(bytes))).toBe("bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e");
  });

  it("go there and back, and nothing else does", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        const hash: Hex = `0x${Buffer.from(bytes).toString("hex")}`;
        expect(contentHashOfCid(contentCid(hash))).toBe(hash);
      }),
    );
    const cid = contentCid(word("x"));
    for (const wrong of [
      "",
      cid.slice(1),
      `${cid}a`,
      cid.toUpperCase(),
      `bafybe${cid.slice(6)}`,
      `${cid.slice(0, -1)}1`,
    ]) {
      expect(() => contentHashOfCid(wrong)).toThrow(/CIDv1 of raw bytes/);
    }
  });

  it("spell licences as left-aligned words", () => {
    expect(licenceFromBytes32(licenceToBytes32("BSD-3-Clause"))).toBe("BSD-3-Clause");
    expect(licenceToBytes32("MIT")).toBe(`0x4d4954${"00".repeat(29)}`);
    for (const wrong of ["", "MIT ", "ä", "x".repeat(33)]) expect(() => licenceToBytes32(wrong)).toThrow(/ASCII/);
    expect(() => licenceFromBytes32(`0x4d004954${"00".repeat(28)}`)).toThrow(/left-aligned/);
  });
});
