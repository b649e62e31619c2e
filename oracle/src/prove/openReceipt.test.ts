import { type AttributedReceipt, attributionHash, poolAccount, sharesHash } from "@openledger/sdk";
import { concat, keccak256, numberToHex, pad, stringToHex } from "viem";
import { describe, expect, it } from "vitest";
import { openReceipt } from "./openReceipt.js";

const shares = [{ account: poolAccount(1n), share: 65_536 }];
const methodHash = pad("0x33");
// The smaller share first: no attribution has this order.
const records = [
  { datanet: 1n, version: 1, recordIndex: 7n, share: 1 },
  { datanet: 1n, version: 1, recordIndex: 2n, share: 9 },
];
const recordsHash = keccak256(
  concat([
    keccak256(stringToHex("OpenLedger.AttributionRecords.v1")),
    ...[7, 1, 2, 9].flatMap((value, at) => {
      if (at % 2 === 1) return [numberToHex(value, { size: 4 })];
      return [numberToHex(1, { size: 8 }), numberToHex(1, { size: 4 }), numberToHex(value, { size: 8 })];
    }),
  ]),
);
const committed = attributionHash({ sharesHash: sharesHash(shares), recordsHash, methodHash });
const entry = (attributionHash: typeof committed) =>
  ({ receipt: { model: 2n, attributionHash }, shares, records, methodHash }) as unknown as AttributedReceipt;

describe("a receipt opened for a proof", () => {
  it("is opened although its records are out of order: a false credit of it can be refuted", () => {
    const opened = openReceipt(entry(committed), new Map([[2n, 4000]]));

    expect(opened).toMatchObject({ attribution: { shares, recordsHash, methodHash }, dataBps: 4000 });
  });

  it("is not opened by lists that its runner did not sign", () => {
    expect(openReceipt(entry(pad("0x1")), new Map())).toBeUndefined();
  });
});
