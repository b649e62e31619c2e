import { getAddress } from "viem";
import type { JsonValue } from "./canonicalJson.js";
import type { ContributionFile } from "./contributionFile.js";
import type { DocumentReader } from "./DocumentReader.js";

/** What a contribution's file says of all its records, whole or redacted. */
type ContributionHead = Omit<ContributionFile, "records">;

export function headToJson(file: ContributionHead): { readonly [member: string]: JsonValue } {
  return {
    datanet: file.datanet.toString(),
    contributor: getAddress(file.contributor).toLowerCase(),
    licence: file.licence,
    source: { name: file.source.name, version: file.source.version },
  };
}

/** @throws MalformedDocumentError */
export function readHead(reader: DocumentReader): ContributionHead {
  const source = reader.field("source");
  return {
    datanet: reader.field("datanet").uint(64),
    contributor: reader.field("contributor").address(),
    licence: reader.field("licence").text(),
    source: { name: source.field("name").text(), version: source.field("version").text() },
  };
}

/** At least one. @throws MalformedDocumentError */
export function readRecords<T>(reader: DocumentReader, read: (record: DocumentReader) => T): T[] {
  const records = reader.field("records");
  const items = records.items();
  if (items.length === 0) records.fail("expected at least one record");
  return items.map(read);
}
