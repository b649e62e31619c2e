/** Receipts and answers as JSON: integers past 2^53 are decimal strings. */
import type { ProvisionalAttribution } from "@openledger/engine";
import { type AnswerAttribution, citationToJson, isPoolAccount, receiptToJson, type Share } from "@openledger/sdk";
import type { StoredReceipt } from "../store/StoredReceipt.js";

export type JsonObject = Readonly<Record<string, unknown>>;

export function attributionJson(attribution: AnswerAttribution): JsonObject {
  return {
    shares: sharesJson(attribution.shares),
    records: attribution.records.map((record) => ({
      ...record,
      datanet: `${record.datanet}`,
      recordIndex: `${record.recordIndex}`,
      contribution: `${record.contribution}`,
    })),
    methodHash: attribution.methodHash,
    ...(attribution.citations !== undefined && { citations: attribution.citations.map(citationToJson) }),
  };
}

/** What is known of an answer's first tokens while it is written: shares and places; texts and citations come with the receipt. */
export function provisionalJson({ tokens, shares, records }: ProvisionalAttribution): JsonObject {
  return {
    tokens,
    shares: sharesJson(shares),
    records: records.map(({ datanet, version, recordIndex, contributor, share }) => ({
      datanet: `${datanet}`,
      version,
      recordIndex: `${recordIndex}`,
      contributor,
      share,
    })),
  };
}

function sharesJson(shares: readonly Share[]): readonly JsonObject[] {
  return shares.map(({ account, share }) => ({
    account,
    share,
    kind: isPoolAccount(account) ? "pool" : "contributor",
  }));
}

/** The `openledger` member of an answer. */
export function receiptView(stored: StoredReceipt): JsonObject {
  return {
    receipt: receiptToJson(stored.receipt),
    receiptHash: stored.hash,
    signature: stored.signature,
    // With the request's salt they hash to the receipt's `outputHash`: the payer checks it.
    outputTokens: stored.answer.tokens,
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
