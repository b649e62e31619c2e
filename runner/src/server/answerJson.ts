/** Receipts and answers as JSON: integers past 2^53 are decimal strings. */
import { isPoolAccount, type Receipt } from "@openledger/sdk";
import type { AnswerAttribution } from "../serve/Answer.js";
import type { StoredReceipt } from "../store/StoredReceipt.js";

export type JsonObject = Readonly<Record<string, unknown>>;

export function receiptJson(receipt: Receipt): JsonObject {
  return {
    ...receipt,
    model: `${receipt.model}`,
    nonce: `${receipt.nonce}`,
    cumulative: `${receipt.cumulative}`,
    fee: `${receipt.fee}`,
  };
}

export function attributionJson(attribution: AnswerAttribution): JsonObject {
  return {
    shares: attribution.shares.map(({ account, share }) => ({
      account,
      share,
      kind: isPoolAccount(account) ? "pool" : "contributor",
    })),
    records: attribution.records.map((record) => ({
      ...record,
      datanet: `${record.datanet}`,
      recordIndex: `${record.recordIndex}`,
      contribution: `${record.contribution}`,
    })),
    methodHash: attribution.methodHash,
  };
}

/** The `openledger` member of an answer. */
export function receiptView(stored: StoredReceipt): JsonObject {
  return {
    receipt: receiptJson(stored.receipt),
    receiptHash: stored.hash,
    signature: stored.signature,
    attribution: attributionJson(stored.answer.attribution),
  };
}

export function usageJson({ receipt }: StoredReceipt): JsonObject {
  return {
    prompt_tokens: receipt.promptTokens,
    completion_tokens: receipt.outputTokens,
    total_tokens: receipt.promptTokens + receipt.outputTokens,
  };
}

/** An OpenAI-style completion. */
export function completionJson(stored: StoredReceipt): JsonObject {
  return {
    id: completionId(stored.digest),
    object: "text_completion",
    created: Math.floor(stored.signedAt.getTime() / 1000),
    model: `${stored.receipt.model}`,
    choices: [{ index: 0, text: stored.answer.text, logprobs: null, finish_reason: stored.answer.finish }],
    usage: usageJson(stored),
    openledger: receiptView(stored),
  };
}

export function completionId(digest: string): string {
  return `cmpl-${digest.slice(2)}`;
}
