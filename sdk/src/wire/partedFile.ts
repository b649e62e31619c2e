import type { Hex } from "viem";
import type { JsonValue } from "./canonicalJson.js";
import type { DocumentReader } from "./DocumentReader.js";

/** Bytes of each part of a file but its last: what is held in memory while it is published or fetched. */
export const FILE_PART_BYTES = 4 * 1024 * 1024;

/** A file that is kept in parts, each of which the content store has by its SHA-256. */
export type PartedFile = {
  /** Of the whole. */
  readonly sha256: Hex;
  readonly byteLength: number;
  /** SHA-256 of each `FILE_PART_BYTES`, in order. */
  readonly parts: readonly Hex[];
};

export function partedFileJson({ sha256, byteLength, parts }: PartedFile): { readonly [name: string]: JsonValue } {
  return { sha256, byteLength, parts };
}

/** @param least Bytes of the whole, and at `most`. @throws MalformedDocumentError */
export function readPartedFile(reader: DocumentReader, least: number, most: number): PartedFile {
  const byteLength = readCount(reader.field("byteLength"), least, most);
  const sha256 = reader.field("sha256").bytes32();
  const parts = reader
    .field("parts")
    .tuple(Math.ceil(byteLength / FILE_PART_BYTES))
    .map((part) => part.bytes32());
  if (parts.length === 1 && parts[0] !== sha256) reader.field("parts").fail(`expected ${sha256}, the whole`);
  return { sha256, byteLength, parts };
}

/** @throws MalformedDocumentError */
export function readCount(reader: DocumentReader, least: number, most: number): number {
  const count = reader.raw;
  if (Number.isSafeInteger(count) && (count as number) >= least && (count as number) <= most) return count as number;
  return reader.fail(
    `expected a whole number from ${least} to ${most}, found ${JSON.stringify(count)?.slice(0, 40) ?? "nothing"}`,
  );
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
