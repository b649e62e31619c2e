import type { Address, Hex } from "viem";
import type { Receipt, RecordShare, Share } from "../hash/types.js";
import type { DocumentReader } from "./DocumentReader.js";
import { readReceipt } from "./receipt.js";

/** Where a record comes from. */
export type RecordOrigin = {
  readonly contribution: bigint;
  readonly contributor: Address;
  /** SPDX identifier. */
  readonly licence: string;
  /** `path` is empty where the record was erased. */
  readonly source: { readonly name: string; readonly version: string; readonly path: string };
};

/** A record that shaped an answer, with what a reader needs to judge it. */
export type AttributedRecord = RecordShare &
  RecordOrigin & {
    /** The part of the record that counted most; empty where the record was erased. */
    readonly excerpt: string;
  };

/** A place in a record of a Datanet version. */
export type CitedPlace = RecordOrigin & {
  /** By its place in the version, from 0. */
  readonly recordIndex: bigint;
  /** Bytes of its UTF-8 before. */
  readonly offset: number;
};

/** A part of an answer that stands word for word in records: evidence that a text is in the data, which pays nobody. */
export type Citation = {
  readonly datanet: bigint;
  readonly version: number;
  /** Bytes of the answer's UTF-8 before. */
  readonly from: number;
  readonly text: string;
  /** How often it stands in the version's records. */
  readonly count: number;
  /** The first of them, at most 8, by record and offset. */
  readonly places: readonly CitedPlace[];
};

export type AnswerAttribution = {
  readonly shares: readonly Share[];
  readonly records: readonly AttributedRecord[];
  readonly methodHash: Hex;
  /**
   * What the runner says of it beyond what it signs: anyone finds the same in the versions' records. Absent where the runner did
   * not search.
   */
  readonly citations?: readonly Citation[];
};

/**
 * Whose data shapes the first tokens of an answer that is still being written: what its attribution would be, were these all. Shown
 * as it comes, and never paid by: that is the receipt's.
 */
export type ProvisionalAttribution = {
  readonly tokens: number;
  readonly shares: readonly Share[];
  readonly records: readonly (RecordShare & { readonly contributor: Address })[];
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
  const citations = reader.field("citations");
  return {
    shares: reader.field("shares").items().map(readShare),
    records: reader.field("records").items().map(readAttributedRecord),
    methodHash: reader.field("methodHash").bytes32(),
    ...(citations.present && { citations: citations.items().map(readCitation) }),
  };
}

/** @throws MalformedDocumentError */
export function readProvisionalAttribution(reader: DocumentReader): ProvisionalAttribution {
  return {
    tokens: reader.field("tokens").uint32(),
    shares: reader.field("shares").items().map(readShare),
    records: reader
      .field("records")
      .items()
      .map((item) => ({ ...readRecordShare(item), contributor: item.field("contributor").address() })),
  };
}

function readShare(item: DocumentReader): Share {
  return { account: item.field("account").address(), share: item.field("share").uint32() };
}

function readRecordShare(item: DocumentReader): RecordShare {
  return {
    datanet: item.field("datanet").uint(64),
    version: item.field("version").uint32(),
    recordIndex: item.field("recordIndex").uint(64),
    share: item.field("share").uint32(),
  };
}

function readAttributedRecord(item: DocumentReader): AttributedRecord {
  return {
    ...readRecordShare(item),
    ...readOrigin(item),
    excerpt: item.field("excerpt").text(),
  };
}

/** As an answer's JSON has it: integers past 2^53 are decimal strings. */
export function citationToJson(citation: Citation): { readonly [field: string]: unknown } {
  return {
    ...citation,
    datanet: `${citation.datanet}`,
    places: citation.places.map((place) => ({
      ...place,
      recordIndex: `${place.recordIndex}`,
      contribution: `${place.contribution}`,
    })),
  };
}

/** @throws MalformedDocumentError */
export function readCitation(item: DocumentReader): Citation {
  return {
    datanet: item.field("datanet").uint(64),
    version: item.field("version").uint32(),
    from: item.field("from").uint32(),
    text: item.field("text").text(),
    count: item.field("count").uint32(),
    places: item
      .field("places")
      .items()
      .map((place) => ({
        recordIndex: place.field("recordIndex").uint(64),
        offset: place.field("offset").uint32(),
        ...readOrigin(place),
      })),
  };
}

function readOrigin(item: DocumentReader): RecordOrigin {
  const source = item.field("source");
  return {
    contribution: item.field("contribution").uint(64),
    contributor: item.field("contributor").address(),
    licence: item.field("licence").text(),
    source: {
      name: source.field("name").text(),
      version: source.field("version").text(),
      path: source.field("path").text(),
    },
  };
}
