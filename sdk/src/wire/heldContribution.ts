import type { Hex } from "viem";
import { InvalidValueError } from "../errors/InvalidValueError.js";
import { recordLeaf } from "../hash/record.js";
import { canonicalJsonBytes } from "./canonicalJson.js";
import { type ContributionFile, decodeContributionFile, readRecord } from "./contributionFile.js";
import { headToJson, readHead, readRecords } from "./contributionHead.js";
import { type ContributionRecord, type ErasedRecord, isErased } from "./contributionRecord.js";
import { DocumentReader } from "./DocumentReader.js";

const FORMAT = "openledger.contribution-redacted/1";
const DOCUMENT = "redacted contribution file";

/** A contribution's file as it can be had now: some of its records, or all, may have been erased since it was made. */
export type HeldContribution = Omit<ContributionFile, "records"> & {
  readonly records: readonly (ContributionRecord | ErasedRecord)[];
};

/**
 * The file without these records; without any, it does not say where they came from either.
 *
 * @param places From 0, in any order; one that is erased already stays so
 * @param leafOf Leaf of the record at a place, for whoever has hashed them; `recordLeaf` of its text when not given
 * @throws InvalidValueError for a place where the file has none
 */
export function redactContribution(
  file: HeldContribution,
  places: readonly number[],
  leafOf?: (place: number) => Hex,
): HeldContribution {
  const erased = new Set(places);
  const wrong = places.find((place) => !Number.isInteger(place) || place < 0 || place >= file.records.length);
  if (wrong !== undefined) throw new InvalidValueError("record", `0 to ${file.records.length - 1}`, wrong);
  const records = file.records.map((record, place) =>
    isErased(record) || !erased.has(place)
      ? record
      : { leaf: leafOf?.(place) ?? recordLeaf(record.text, file.licence) },
  );
  return { ...file, records, ...(records.every(isErased) && { source: { name: "", version: "" } }) };
}

/** The file's bytes for the content store, where they stand for those that the chain names. */
export function encodeRedactedContribution(file: HeldContribution): Uint8Array {
  return canonicalJsonBytes({
    format: FORMAT,
    ...headToJson(file),
    records: file.records.map((record) =>
      isErased(record) ? { leaf: record.leaf } : { path: record.path, text: record.text },
    ),
  });
}

/** Reads a contribution's file, whole or redacted. @throws MalformedDocumentError */
export function decodeHeldContribution(bytes: Uint8Array): HeldContribution {
  const reader = DocumentReader.parse(DOCUMENT, bytes);
  if (reader.field("format").raw !== FORMAT) return decodeContributionFile(bytes);
  const records = readRecords(reader, (record) => {
    const leaf = record.field("leaf");
    return leaf.present ? { leaf: leaf.bytes32() } : readRecord(record);
  });
  return { ...readHead(reader), records };
}
