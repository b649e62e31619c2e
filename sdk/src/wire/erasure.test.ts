import fc from "fast-check";
import { concat, type Hex, keccak256, numberToHex, recoverAddress, stringToHex, zeroHash } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { describe, expect, it } from "vitest";
import { eraseContentTypedData, eraseRecordsTypedData } from "../hash/typedData.js";
import { canonicalJsonBytes, type JsonValue } from "./canonicalJson.js";
import {
  decodeErasure,
  decodeErasureRequest,
  type ErasureRequest,
  encodeErasure,
  encodeErasureRequest,
  erasureDigest,
  MAX_ERASED_RECORDS,
} from "./erasure.js";

const word = (text: string): Hex => keccak256(stringToHex(text));
const account = privateKeyToAccount(word("key"));
const stores = { chainId: 31_337 };
const signature: Hex = `0x${"5a".repeat(65)}`;
const records: ErasureRequest = {
  type: "EraseRecords",
  order: { content: word("file"), contribution: 7n, records: [5, 0, 4_294_967_295], deadline: 1_900_000_000n },
  signature,
};
const content: ErasureRequest = {
  type: "EraseContent",
  order: { content: word("file"), replacement: word("other"), deadline: 1_900_000_000n },
  signature,
};

/** EIP-712 by its own text: words of 32 bytes, arrays as the hash of their items. */
const uint = (value: bigint | number) => numberToHex(value, { size: 32 });
const domainSeparator = (chainId: number) =>
  keccak256(
    concat([
      word("EIP712Domain(string name,string version,uint256 chainId)"),
      word("OpenLedger Content Store"),
      word("1"),
      uint(chainId),
    ]),
  );
const digest = (struct: readonly Hex[], chainId = 31_337) =>
  keccak256(concat(["0x1901", domainSeparator(chainId), keccak256(concat(struct))]));

describe("order to erase", () => {
  it("is signed under the stores' domain of one chain, and binds every field", () => {
    const list = keccak256(concat([uint(5), uint(0), uint(4_294_967_295)]));
    expect(erasureDigest(stores, records)).toBe(
      digest([
        word("EraseRecords(bytes32 content,uint64 contribution,uint32[] records,uint64 deadline)"),
        word("file"),
        uint(7),
        list,
        uint(1_900_000_000),
      ]),
    );
    const whole = [
      word("EraseContent(bytes32 content,bytes32 replacement,uint64 deadline)"),
      word("file"),
      word("other"),
      uint(1_900_000_000),
    ];
    expect(erasureDigest(stores, content)).toBe(digest(whole));
    expect(erasureDigest({ chainId: 10 }, content)).toBe(digest(whole, 10));
  });

  it("is signed by a wallet over its typed data", async () => {
    const signed = [
      [records, await account.signTypedData(eraseRecordsTypedData(stores, records.order))],
      [content, await account.signTypedData(eraseContentTypedData(stores, content.order))],
    ] as const;
    for (const [request, by] of signed) {
      expect(await recoverAddress({ hash: erasureDigest(stores, request), signature: by })).toBe(account.address);
    }
  });
});

describe("erasure request", () => {
  it("comes back as it was sent", () => {
    const number = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => keccak256(bytes));
    const places = fc.array(fc.nat({ max: 0xffff_ffff }));
    fc.assert(
      fc.property(hash, number, places, number, (file, contribution, erased, deadline) => {
        const one = { ...records, order: { content: file, contribution, records: erased, deadline } } as const;
        expect(decodeErasureRequest(encodeErasureRequest(one))).toEqual(one);
        const other = { ...content, order: { content: file, replacement: zeroHash, deadline } } as const;
        expect(decodeErasureRequest(encodeErasureRequest(other))).toEqual(other);
      }),
    );
  });

  it("holds 65,536 records in less than 1 MiB, and no more", () => {
    const of = (count: number): ErasureRequest => ({
      ...records,
      order: { ...records.order, records: new Array<number>(count).fill(0xffff_ffff) },
    });
    const most = encodeErasureRequest(of(MAX_ERASED_RECORDS));
    expect(most.length).toBeLessThan(800_000);
    expect(decodeErasureRequest(most)).toEqual(of(MAX_ERASED_RECORDS));
    expect(() => encodeErasureRequest(of(MAX_ERASED_RECORDS + 1))).toThrow(/records.*at most 65536/);
    const json = JSON.parse(new TextDecoder().decode(most)) as { records: number[] };
    json.records.push(0);
    const tooMany = canonicalJsonBytes(json);
    expect(() => decodeErasureRequest(tooMany)).toThrow(/at records: expected at most 65536 items/);
  });

  it.each<[ErasureRequest, Record<string, JsonValue | undefined>, RegExp]>([
    [records, { type: "Erase" }, /at type: expected "EraseRecords", found "Erase"/],
    [records, { type: undefined }, /at type: expected "EraseRecords", found nothing/],
    [records, { content: "0x12" }, /at content: expected 0x and 64 hex digits/],
    [records, { contribution: "-1" }, /at contribution: expected an unsigned integer of 64 bits/],
    [records, { records: undefined }, /at records: expected an array/],
    [records, { records: [4_294_967_296] }, /at records\[0\]: expected an unsigned integer of 32 bits/],
    [records, { records: [null] }, /at records\[0\]: expected an unsigned integer/],
    [records, { deadline: "18446744073709551616" }, /at deadline: expected an unsigned integer of 64 bits/],
    [records, { signature: "signed" }, /at signature: expected a hex string/],
    [records, { signature: `0x${"00".repeat(8193)}` }, /at signature: expected at most 8192 bytes/],
    [content, { replacement: undefined }, /at replacement: expected a string/],
  ])("names the place of a fault (%#)", (request, changed, message) => {
    const json = JSON.parse(new TextDecoder().decode(encodeErasureRequest(request))) as Record<string, JsonValue>;
    expect(() => decodeErasureRequest(canonicalJsonBytes({ ...json, ...changed }))).toThrow(message);
  });

  it("is answered with what stands for the file, if anything does", () => {
    for (const erasure of [{ content: word("file") }, { content: word("file"), replacement: word("other") }]) {
      expect(decodeErasure(encodeErasure(erasure))).toEqual(erasure);
    }
    expect(() => decodeErasure(canonicalJsonBytes({ replacement: word("other") }))).toThrow(/at content/);
  });
});
