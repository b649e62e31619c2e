import type { Address, Hex } from "viem";
import { contentHash } from "../hash/content.js";
import { licenceToBytes32 } from "../hash/licence.js";
import { canonicalJsonBytes } from "./canonicalJson.js";
import { headToJson, readHead, readRecords } from "./contributionHead.js";
import { type ContributionRecord, recordsRoot } from "./contributionRecord.js";
import { DocumentReader } from "./DocumentReader.js";

const FORMAT = "openledger.contribution/1";
const DOCUMENT = "contribution file";

/** The records of one contribution. `licence` is an SPDX identifier that holds for every record. */
export type ContributionFile = {
  readonly datanet: bigint;
  readonly contributor: Address;
  readonly licence: string;
  readonly source: { readonly name: string; readonly version: string };
  readonly records: readonly ContributionRecord[];
};

/** What a contribution puts on chain: the arguments of `contribute`. */
export type ContributionCommitment = {
  readonly recordsRoot: Hex;
  readonly recordCount: number;
  readonly licence: Hex;
  readonly dataHash: Hex;
};

/** The file's bytes for the content store. */
export function encodeContributionFile(file: ContributionFile): Uint8Array {
  return canonicalJsonBytes({
    format: FORMAT,
    ...headToJson(file),
    records: file.records.map(({ path, text }) => ({ path, text })),
  });
}

/** @throws MalformedDocumentError */
export function decodeContributionFile(bytes: Uint8Array): ContributionFile {
  const reader = DocumentReader.parse(DOCUMENT, bytes);
  reader.field("format").literal(FORMAT);
  return { ...readHead(reader), records: readRecords(reader, readRecord) };
}

export function readRecord(record: DocumentReader): ContributionRecord {
  return { path: record.field("path").text(), text: record.field("text").text() };
}

/** What the contribution of this file commits to. */
export function contributionCommitment(file: ContributionFile): ContributionCommitment {
  return {
    recordsRoot: recordsRoot(file),
    recordCount: file.records.length,
    licence: licenceToBytes32(file.licence),
    dataHash: contentHash(encodeContributionFile(file)),
  };
}
