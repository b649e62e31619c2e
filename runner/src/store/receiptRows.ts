/** Receipts to and from their rows. */
import { type AttributedRecord, citationToJson, DocumentReader, type Receipt, readCitation } from "@openledger/sdk";
import type { Address, Hex } from "viem";
import type { Queries, Row } from "./Database.js";
import type { StoredReceipt } from "./StoredReceipt.js";

interface RecordJson {
  readonly datanet: string;
  readonly version: number;
  readonly recordIndex: string;
  readonly share: number;
  readonly contribution: string;
  readonly contributor: Address;
  readonly licence: string;
  readonly source: AttributedRecord["source"];
  readonly excerpt: string;
}

export interface ReceiptRow extends Row {
  readonly hash: Hex;
  readonly digest: Hex;
  readonly channel: Hex;
  readonly model: string;
  readonly nonce: string;
  readonly cumulative: string;
  readonly fee: string;
  readonly prompt_tokens: number;
  readonly output_tokens: number;
  readonly request_hash: Hex;
  readonly program_root: Hex;
  readonly seed: Hex;
  readonly output_hash: Hex;
  readonly attribution_hash: Hex;
  readonly signature: Hex;
  readonly method_hash: Hex;
  readonly shares: readonly (readonly [Address, number])[];
  readonly records: readonly RecordJson[];
  readonly citations: readonly unknown[] | null;
  readonly tokens: readonly number[];
  readonly answer: string;
  readonly finish: "stop" | "length";
  readonly signed_at: Date;
}

export function receiptOf(row: ReceiptRow): StoredReceipt {
  const receipt: Receipt = {
    channel: row.channel,
    model: BigInt(row.model),
    nonce: BigInt(row.nonce),
    cumulative: BigInt(row.cumulative),
    fee: BigInt(row.fee),
    promptTokens: row.prompt_tokens,
    outputTokens: row.output_tokens,
    requestHash: row.request_hash,
    programRoot: row.program_root,
    seed: row.seed,
    outputHash: row.output_hash,
    attributionHash: row.attribution_hash,
  };
  return {
    hash: row.hash,
    digest: row.digest,
    receipt,
    signature: row.signature,
    answer: {
      tokens: row.tokens,
      text: row.answer,
      finish: row.finish,
      attribution: {
        shares: row.shares.map(([account, share]) => ({ account, share })),
        records: row.records.map((record) => ({
          ...record,
          datanet: BigInt(record.datanet),
          recordIndex: BigInt(record.recordIndex),
          contribution: BigInt(record.contribution),
        })),
        methodHash: row.method_hash,
        ...(row.citations !== null && {
          citations: new DocumentReader("citations of a receipt", row.citations).items().map(readCitation),
        }),
      },
    },
    signedAt: row.signed_at,
  };
}

export async function insertReceipt({ query }: Queries, stored: Omit<StoredReceipt, "signedAt">): Promise<void> {
  const { receipt, answer } = stored;
  const { citations } = answer.attribution;
  const shares = answer.attribution.shares.map(({ account, share }) => [account, share]);
  const records = answer.attribution.records.map(
    (record): RecordJson => ({
      ...record,
      datanet: `${record.datanet}`,
      recordIndex: `${record.recordIndex}`,
      contribution: `${record.contribution}`,
    }),
  );
  await query(
    `insert into receipts (hash, digest, channel, model, nonce, cumulative, fee, prompt_tokens, output_tokens,
       request_hash, program_root, seed, output_hash, attribution_hash, signature, method_hash, shares, records, citations,
       tokens, answer, finish)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)`,
    [
      stored.hash,
      stored.digest,
      receipt.channel,
      receipt.model,
      receipt.nonce,
      receipt.cumulative,
      receipt.fee,
      receipt.promptTokens,
      receipt.outputTokens,
      receipt.requestHash,
      receipt.programRoot,
      receipt.seed,
      receipt.outputHash,
      receipt.attributionHash,
      stored.signature,
      answer.attribution.methodHash,
      JSON.stringify(shares),
      storableJson(records),
      citations === undefined ? null : storableJson(citations.map(citationToJson)),
      answer.tokens,
      storable(answer.text),
      answer.finish,
    ],
  );
}

/** Names and paths in it are the contributors' own words. */
function storableJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === "string" ? storable(part) : part));
}

/** PostgreSQL's text and jsonb hold no NUL, which a model may generate; the token ids keep it. */
function storable(text: string): string {
  return text.replaceAll("\0", "\ufffd");
}
