import { type Hex, keccak256, stringToHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { describe, expect, it } from "vitest";
import type { AnswerCheck } from "../errors/AnswerRefusedError.js";
import { attributionHash, attributionMethodHash, attributionRecordsHash } from "../hash/attribution.js";
import { outputHash } from "../hash/output.js";
import { poolAccount } from "../hash/poolAccount.js";
import { requestHash } from "../hash/request.js";
import { sharesHash } from "../hash/shares.js";
import { receiptHash, receiptTypedData, voucherDigest } from "../hash/typedData.js";
import type { Receipt } from "../hash/types.js";
import type { AnswerReceipt } from "../wire/completion.js";
import { type AnswerExpectation, verifyAnswer } from "./verifyAnswer.js";

const word = (text: string): Hex => keccak256(stringToHex(text));
const runner = privateKeyToAccount(word("runner"));
const stranger = privateKeyToAccount(word("stranger"));
const domain = { chainId: 31_337, market: `0x${"11".repeat(20)}` } as const;
const methodHash = attributionMethodHash([word("index")]);

const request = {
  model: 2n,
  salt: word("salt"),
  prompt: "const a =",
  maxTokens: 4,
  temperatureMilli: 1000,
  topPMilli: 1000,
  topK: 0,
  repetitionPenaltyMilli: 1000,
  seed: `0x${"00".repeat(32)}` as Hex,
};
const voucher = {
  channel: word("channel"),
  model: 2n,
  nonce: 5n,
  cumulativeCap: 1000n + 100n + 30n + 40n,
  requestHash: requestHash(request),
  deadline: 1_900_000_000n,
};
const expected: AnswerExpectation = {
  domain,
  runner: runner.address,
  terms: {
    price: { perRequest: 100n, perPromptToken: 10n, perOutputToken: 10n },
    programRoot: word("program"),
    methodHash,
  },
  request,
  voucher,
  owedBefore: 1000n,
};

const attribution = {
  shares: [
    { account: poolAccount(1n), share: 65_000 },
    { account: stranger.address, share: 536 },
  ],
  records: [
    {
      datanet: 1n,
      version: 1,
      recordIndex: 3n,
      share: 536,
      contribution: 1n,
      contributor: stranger.address,
      licence: "MIT",
      source: { name: "zod", version: "1.0.0", path: "a.ts" },
      excerpt: "const a",
    },
  ],
  methodHash,
};
const tokens = [5, 6, 7];
const receipt: Receipt = {
  channel: voucher.channel,
  model: 2n,
  nonce: 5n,
  cumulative: 1000n + 160n,
  fee: 160n,
  promptTokens: 3,
  outputTokens: 3,
  requestHash: voucher.requestHash,
  programRoot: word("program"),
  seed: voucherDigest(domain, voucher),
  outputHash: outputHash(request.salt, tokens),
  attributionHash: attributionHash({
    sharesHash: sharesHash(attribution.shares),
    recordsHash: attributionRecordsHash(attribution.records),
    methodHash,
  }),
};

async function answerOf(changed: Partial<Receipt>, signer = runner): Promise<AnswerReceipt> {
  const signed = { ...receipt, ...changed };
  return {
    receipt: signed,
    receiptHash: receiptHash(domain, signed),
    signature: await signer.signTypedData(receiptTypedData(domain, signed)),
    attribution,
    outputTokens: tokens,
  };
}

describe("verifyAnswer", () => {
  it("takes an honest answer", async () => {
    await expect(verifyAnswer(await answerOf({}), expected)).resolves.toBeUndefined();
  });

  it("refuses each false field of a receipt that the runner signed", async () => {
    const cases: [Partial<Receipt>, AnswerCheck][] = [
      [{ channel: word("other") }, "request"],
      [{ model: 3n }, "request"],
      [{ nonce: 6n }, "request"],
      [{ requestHash: word("other") }, "request"],
      [{ programRoot: word("other") }, "program"],
      [{ seed: word("other") }, "seed"],
      [{ outputTokens: 4, fee: 170n, cumulative: 1170n }, "tokens"],
      [{ promptTokens: 10, fee: 230n, cumulative: 1230n }, "tokens"],
      [{ fee: 161n, cumulative: 1161n }, "fee"],
      [{ cumulative: 1161n }, "cumulative"],
      [{ outputHash: word("other") }, "output"],
      [{ attributionHash: word("other") }, "attribution"],
    ];
    for (const [changed, check] of cases) {
      await expect(verifyAnswer(await answerOf(changed), expected), check).rejects.toMatchObject({
        code: "answer_refused",
        check,
      });
    }
  });

  it("refuses a stranger's signature, a wrong name and a broken signature", async () => {
    const honest = await answerOf({});
    const wrong: [AnswerReceipt, AnswerCheck][] = [
      [await answerOf({}, stranger), "signature"],
      [{ ...honest, signature: "0x12" }, "signature"],
      [{ ...honest, receiptHash: word("other") }, "receipt_hash"],
    ];
    for (const [answer, check] of wrong) await expect(verifyAnswer(answer, expected)).rejects.toMatchObject({ check });
  });

  it("refuses lists that are not those of the receipt", async () => {
    const honest = await answerOf({});
    const wrong: [AnswerReceipt, AnswerCheck][] = [
      [{ ...honest, outputTokens: [5, 6, 8] }, "output"],
      [{ ...honest, outputTokens: [5, 6] }, "tokens"],
      [
        { ...honest, attribution: { ...attribution, shares: [{ account: poolAccount(1n), share: 65_536 }] } },
        "attribution",
      ],
      [{ ...honest, attribution: { ...attribution, shares: attribution.shares.slice(1) } }, "attribution"],
      [{ ...honest, attribution: { ...attribution, records: [] } }, "attribution"],
      [{ ...honest, attribution: { ...attribution, methodHash: word("other") } }, "method"],
    ];
    for (const [answer, check] of wrong) await expect(verifyAnswer(answer, expected)).rejects.toMatchObject({ check });
  });

  it("refuses a receipt over the signed cap even when the books agree", async () => {
    const answer = await answerOf({ cumulative: 2160n });
    await expect(verifyAnswer(answer, { ...expected, owedBefore: 2000n })).rejects.toMatchObject({
      check: "cumulative",
    });
  });

  it("takes the request's own seed when it gives one", async () => {
    const seeded = { ...request, seed: word("mine") };
    const paid = { ...voucher, requestHash: requestHash(seeded) };
    const answer = await answerOf({ seed: seeded.seed, requestHash: paid.requestHash });
    await expect(verifyAnswer(answer, { ...expected, request: seeded, voucher: paid })).resolves.toBeUndefined();
    await expect(
      verifyAnswer(await answerOf({ requestHash: paid.requestHash }), { ...expected, request: seeded, voucher: paid }),
    ).rejects.toMatchObject({ check: "seed" });
  });
});
