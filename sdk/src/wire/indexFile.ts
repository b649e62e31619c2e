import type { Hex } from "viem";
import { MalformedDocumentError } from "../errors/MalformedDocumentError.js";
import { canonicalJsonBytes, type JsonValue } from "./canonicalJson.js";
import { DocumentReader } from "./DocumentReader.js";
import { equalBytes, type PartedFile, partedFileJson, readCount, readPartedFile } from "./partedFile.js";

const FORMAT = "openledger.index/1";
const DOCUMENT = "index file";

/** Largest index file: it lists some 240 GiB of segments. */
export const MAX_INDEX_FILE_BYTES = 4 * 1024 * 1024;
/** Most segments of an index: each is one file that a node keeps open. */
const MAX_SEGMENTS = 1024;
const MAX_SEGMENT_RECORDS = 2 ** 16;
/** A segment takes so much beside its records. */
const SEGMENT_HEAD_BYTES = 36;
/** A record of 256 tokens, none of which occurs twice in its segment, takes so much of it; one of no token takes 4 bytes. */
const MAX_RECORD_BYTES = 7940;
const MIN_RECORD_BYTES = 4;
/** Tombstones take so much beside their records. */
const TOMBSTONES_HEAD_BYTES = 16;
/** An erased record's tombstone, and that of a block of postings that lost one of it: it has 256 at most. */
const RECORD_TOMBSTONE_BYTES = 36;
const BLOCK_TOMBSTONE_BYTES = 44;
const MAX_RECORD_BLOCKS = 256;
/** Thresholds of a vocabulary of 2^24 tokens, 2 bytes each. */
const MAX_THRESHOLD_BYTES = 2 ** 25;
const FLOOR_COUNT = 9;
const MAX_FLOOR = 2 ** 16;

/** A run of an index's records. */
export type SegmentFile = PartedFile & {
  /** 1 to 2^16. */
  readonly records: number;
};

/** What stands for erased records: the hashes of which, with what is left, the same roots are made. */
export type TombstonesFile = PartedFile & {
  /** How many of the index's records were erased, at least 1. */
  readonly records: number;
};

/** What a Datanet's owner commits to by its hash: of what an index's root is made, and which files hold its postings. */
export type IndexFile = {
  readonly baseWeightsRoot: Hex;
  /** SHA-256 of the base's attribution file. */
  readonly attributionHash: Hex;
  readonly recordsRoot: Hex;
  readonly postingsRoot: Hex;
  /** The least share that is paid, by length of the answer: nine, 1 to 65,536, never rising. */
  readonly floors: readonly number[];
  /** int16 for each token that occurs, little-endian, ascending by token. */
  readonly thresholds: PartedFile;
  /** In the order of their records. */
  readonly segments: readonly SegmentFile[];
  /** Absent from an index that has all its records. */
  readonly tombstones?: TombstonesFile;
};

/** The file's bytes for the content store. @throws MalformedDocumentError for one that nobody could read */
export function encodeIndexFile(file: IndexFile): Uint8Array {
  const bytes = toBytes(file);
  decodeIndexFile(bytes);
  return bytes;
}

/**
 * Reads a file that anybody may have written: every number is bounded, so that what it asks a node to fetch is known before
 * anything is. Whether the parts hold what the roots say is not known yet.
 *
 * @throws MalformedDocumentError also for a second spelling of the same file
 */
export function decodeIndexFile(bytes: Uint8Array): IndexFile {
  if (bytes.length > MAX_INDEX_FILE_BYTES) {
    throw new MalformedDocumentError(
      DOCUMENT,
      "",
      `expected at most ${MAX_INDEX_FILE_BYTES} bytes, found ${bytes.length}`,
    );
  }
  const reader = DocumentReader.parse(DOCUMENT, bytes);
  reader.field("format").literal(FORMAT);
  const segments = reader.field("segments").items();
  if (segments.length > MAX_SEGMENTS) {
    reader.field("segments").fail(`expected at most ${MAX_SEGMENTS}, found ${segments.length}`);
  }
  const read = segments.map(readSegment);
  const file: IndexFile = {
    baseWeightsRoot: reader.field("baseWeightsRoot").bytes32(),
    attributionHash: reader.field("attributionHash").bytes32(),
    recordsRoot: reader.field("recordsRoot").bytes32(),
    postingsRoot: reader.field("postingsRoot").bytes32(),
    floors: readFloors(reader.field("floors")),
    thresholds: readThresholds(reader.field("thresholds")),
    segments: read,
    ...readTombstones(reader.field("tombstones"), read),
  };
  if (!equalBytes(toBytes(file), bytes)) reader.fail("expected canonical JSON of the format's members and no others");
  return file;
}

function toBytes(file: IndexFile): Uint8Array {
  return canonicalJsonBytes({
    format: FORMAT,
    baseWeightsRoot: file.baseWeightsRoot,
    attributionHash: file.attributionHash,
    recordsRoot: file.recordsRoot,
    postingsRoot: file.postingsRoot,
    floors: file.floors,
    thresholds: partedFileJson(file.thresholds),
    segments: file.segments.map(ofRecords),
    ...(file.tombstones === undefined ? {} : { tombstones: ofRecords(file.tombstones) }),
  });
}

function ofRecords(file: SegmentFile): { readonly [name: string]: JsonValue } {
  return { records: file.records, ...partedFileJson(file) };
}

function readFloors(reader: DocumentReader): number[] {
  const floors = reader.tuple(FLOOR_COUNT).map((item) => readCount(item, 1, MAX_FLOOR));
  if (floors.some((floor, k) => k > 0 && floor > floors[k - 1]!)) reader.fail("expected floors that never rise");
  return floors;
}

function readThresholds(reader: DocumentReader): PartedFile {
  const file = readPartedFile(reader, 0, MAX_THRESHOLD_BYTES);
  if (file.byteLength % 2 !== 0) reader.field("byteLength").fail(`expected two bytes each, found ${file.byteLength}`);
  return file;
}

function readSegment(reader: DocumentReader): SegmentFile {
  const records = readCount(reader.field("records"), 1, MAX_SEGMENT_RECORDS);
  const least = SEGMENT_HEAD_BYTES + MIN_RECORD_BYTES * records;
  return { records, ...readPartedFile(reader, least, SEGMENT_HEAD_BYTES + MAX_RECORD_BYTES * records) };
}

function readTombstones(
  reader: DocumentReader,
  segments: readonly SegmentFile[],
): { readonly tombstones?: TombstonesFile } {
  if (reader.raw === undefined) return {};
  const all = segments.reduce((sum, { records }) => sum + records, 0);
  const records = readCount(reader.field("records"), 1, all);
  const least = TOMBSTONES_HEAD_BYTES + RECORD_TOMBSTONE_BYTES * records;
  const file = readPartedFile(reader, least, least + BLOCK_TOMBSTONE_BYTES * MAX_RECORD_BLOCKS * records);
  if ((file.byteLength - least) % BLOCK_TOMBSTONE_BYTES !== 0) {
    reader.field("byteLength").fail(`expected ${least} and ${BLOCK_TOMBSTONE_BYTES} a block, found ${file.byteLength}`);
  }
  return { tombstones: { records, ...file } };
}
