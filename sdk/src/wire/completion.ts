import type { Address, Hex } from "viem";
import type { Receipt, RecordShare, Share } from "../hash/types.js";
import type { DocumentReader } from "./DocumentReader.js";
import { readReceipt } from "./receipt.js";

/** A record that shaped an answer, with what a reader needs to judge it. */
export type AttributedRecord = RecordShare & {
  readonly contribution: bigint;
  readonly contributor: Address;
  /** SPDX identifier. */
  readonly licence: string;
  readonly source: { readonly name: string; readonly version: string; readonly path: string };
  /** The part of the record that counted most. */
  readonly excerpt: string;
};

export type AnswerAttribution = {
  readonly shares: readonly Share[];
  readonly records: readonly AttributedRecord[];
  readonly methodHash: Hex;
};

/** The `openledger` member of an answer: what is paid for and who is paid. */
export type AnswerReceipt = {
  readonly receipt: Receipt;
  readonly receiptHash: Hex;
  readonly signature: Hex;
  readonly attribution: AnswerAttribution;
  /** Generated token ids in order. */
  readonly outputTokens: readonly number[];
};

/** @throws MalformedDocumentError */
export function readAnswerReceipt(reader: DocumentReader): AnswerReceipt {
  return {
    receipt: readReceipt(reader.field("receipt")),
    receiptHash: reader.field("receiptHash").bytes32(),
    signature: reader.field("signature").hex(),
    attribution: readAnswerAttribution(reader.field("attribution")),
    outputTokens: reader
      .field("outputTokens")
      .items()
      .map((token) => token.uint32()),
  };
}

/** @throws MalformedDocumentError */
export function readAnswerAttribution(reader: DocumentReader): AnswerAttribution {
  return {
    shares: reader
      .field("shares")
      .items()
      .map((item) => ({ account: item.field("account").address(), share: item.field("share").uint32() })),
    records: reader.field("records").items().map(readAttributedRecord),
    methodHash: reader.field("methodHash").bytes32(),
  };
}

function readAttributedRecord(item: DocumentReader): AttributedRecord {
  const source = item.field("source");
  return {
    datanet: item.field("datanet").uint(64),
    version: item.field("version").uint32(),
    recordIndex: item.field("recordIndex").uint(64),
    share: item.field("share").uint32(),
    contribution: item.field("contribution").uint(64),
    contributor: item.field("contributor").address(),
    licence: item.field("licence").text(),
    source: {
      name: source.field("name").text(),
      version: source.field("version").text(),
      path: source.field("path").text(),
    },
    excerpt: item.field("excerpt").text(),
  };
}
