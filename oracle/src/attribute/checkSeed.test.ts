import { type Receipt, voucherDigest, voucherTypedData } from "@openledger/sdk";
import { type Hex, pad } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { describe, expect, it } from "vitest";
import { checkSeed } from "./checkSeed.js";
import type { DisclosedAnswer } from "./RunnerClient.js";

const payer = privateKeyToAccount(generatePrivateKey());
const domain = { chainId: 31_337, market: pad("0x77", { size: 20 }) };
const deps = { domain, payerOf: async () => payer.address };
const NONE = pad("0x0");
const terms = { channel: pad("0xc"), model: 2n, nonce: 3n, requestHash: pad("0x4") };
const voucher = { ...terms, cumulativeCap: 100n, deadline: 1_900_000_000n };

const check = (seed: Hex, answer: Partial<DisclosedAnswer>) =>
  checkSeed(deps, { ...terms, seed } as Receipt, answer as DisclosedAnswer);

const signed = async (by = payer) => ({
  seed: NONE,
  voucher: {
    cumulativeCap: voucher.cumulativeCap,
    deadline: voucher.deadline,
    signature: await by.signTypedData(voucherTypedData(domain, voucher)),
  },
});

describe("the seed of a receipt", () => {
  it("is the payer's where the payer gave one", async () => {
    expect(await check(pad("0x1"), { ...(await signed()), seed: pad("0x1") })).toBeUndefined();
    expect(await check(pad("0x2"), { ...(await signed()), seed: pad("0x1") })).toEqual({
      check: "seed",
      asked: pad("0x1"),
      found: pad("0x2"),
    });
  });

  it("is else the digest of the voucher that the payer signed", async () => {
    const digest = voucherDigest(domain, voucher);
    expect(await check(digest, await signed())).toBeUndefined();
    expect(await check(pad("0x2"), await signed())).toEqual({ check: "seed", asked: digest, found: pad("0x2") });
  });

  it("is not the digest of a voucher that the runner made up until an answer pleased it", async () => {
    const honest = await signed();
    const other = { ...voucher, cumulativeCap: 101n };
    const ground = { ...honest, voucher: { ...honest.voucher, cumulativeCap: 101n } };
    expect(await check(voucherDigest(domain, other), ground)).toMatchObject({
      check: "seed",
      asked: `a voucher that ${payer.address} signed`,
    });
    const stranger = privateKeyToAccount(generatePrivateKey());
    expect(await check(voucherDigest(domain, voucher), await signed(stranger))).toMatchObject({
      found: stranger.address,
    });
    const none = { ...honest, voucher: { ...honest.voucher, signature: `0x${"00".repeat(65)}` as const } };
    expect(await check(voucherDigest(domain, voucher), none)).toMatchObject({ found: "no signature" });
  });
});
