import { type Address, type Hex, isAddressEqual, recoverAddress } from "viem";
import { type AnswerCheck, AnswerRefusedError } from "../errors/AnswerRefusedError.js";
import { InvalidValueError } from "../errors/InvalidValueError.js";
import { attributionHash, attributionRecordsHash } from "../hash/attribution.js";
import { outputHash } from "../hash/output.js";
import { type InferenceRequest, requestHash } from "../hash/request.js";
import { sharesHash } from "../hash/shares.js";
import { type MarketDomain, receiptHash, voucherDigest } from "../hash/typedData.js";
import type { Voucher } from "../hash/types.js";
import { answerFee, type Price } from "../units/fee.js";
import type { AnswerReceipt } from "../wire/completion.js";

/** What the chain says of a model: the terms that an answer is held against. */
export type ModelTerms = {
  readonly price: Price;
  readonly programRoot: Hex;
  /** `attributionMethodHash` of the committed indices of the model's versions. */
  readonly methodHash: Hex;
};

export type AnswerExpectation = {
  readonly domain: MarketDomain;
  /** The channel's runner, as the chain has it. */
  readonly runner: Address;
  readonly terms: ModelTerms;
  readonly request: InferenceRequest;
  readonly voucher: Voucher;
  /** Cumulative amount of the receipt before this one. */
  readonly owedBefore: bigint;
};

/**
 * Holds an answer against the request, the voucher and the chain. What it leaves open: whether the tokens are what the
 * program gives, whether the shares are what the indices give, whether the text is what the tokens spell.
 *
 * @throws AnswerRefusedError naming the first thing that is false.
 */
export async function verifyAnswer(answer: AnswerReceipt, expected: AnswerExpectation): Promise<void> {
  const { receipt, attribution, outputTokens } = answer;
  const { domain, runner, terms, request, voucher, owedBefore } = expected;

  const hash = receiptHash(domain, receipt);
  demand("receipt_hash", hash, answer.receiptHash);
  const signer = await recoverAddress({ hash, signature: answer.signature }).catch(() => undefined);
  if (signer === undefined || !isAddressEqual(signer, runner)) {
    throw new AnswerRefusedError("signature", `the runner's, ${runner}`, signer ?? "no signature at all");
  }

  demand("request", requestHash(request), receipt.requestHash);
  for (const part of ["channel", "model", "nonce"] as const) demand("request", voucher[part], receipt[part]);
  demand("program", terms.programRoot, receipt.programRoot);
  demand("seed", BigInt(request.seed) === 0n ? voucherDigest(domain, voucher) : request.seed, receipt.seed);

  demand("tokens", outputTokens.length, receipt.outputTokens);
  if (receipt.outputTokens > request.maxTokens) {
    throw new AnswerRefusedError("tokens", `at most ${request.maxTokens}`, `${receipt.outputTokens}`);
  }
  // A token of text takes at least one byte: a runner cannot charge for a longer prompt than that.
  const promptBytes = new TextEncoder().encode(request.prompt).length;
  if (receipt.promptTokens > promptBytes) {
    throw new AnswerRefusedError("tokens", `at most ${promptBytes} of the prompt`, `${receipt.promptTokens}`);
  }
  demand("fee", answerFee(terms.price, receipt), receipt.fee);
  demand("cumulative", owedBefore + receipt.fee, receipt.cumulative);
  if (receipt.cumulative > voucher.cumulativeCap) {
    throw new AnswerRefusedError("cumulative", `at most the signed ${voucher.cumulativeCap}`, `${receipt.cumulative}`);
  }

  demand("output", outputHash(request.salt, outputTokens), receipt.outputHash);
  demand("method", terms.methodHash, attribution.methodHash);
  demand("attribution", listHash(answer), receipt.attributionHash);
}

/** Hash of the attribution's lists; a malformed list is as false as a wrong one. */
function listHash({ attribution }: AnswerReceipt): Hex {
  try {
    return attributionHash({
      sharesHash: sharesHash(attribution.shares),
      recordsHash: attributionRecordsHash(attribution.records),
      methodHash: attribution.methodHash,
    });
  } catch (error) {
    if (error instanceof InvalidValueError)
      throw new AnswerRefusedError("attribution", "well-formed lists", error.message);
    throw error;
  }
}

function demand(check: AnswerCheck, expected: Hex | bigint | number, found: Hex | bigint | number): void {
  const [left, right] = [`${expected}`.toLowerCase(), `${found}`.toLowerCase()];
  if (left !== right) throw new AnswerRefusedError(check, left, right);
}
