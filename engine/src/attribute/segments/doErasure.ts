import { type Keccak, loadKeccak } from "@openledger/sdk";
import { NO_CODES } from "../codes.js";
import type { Hex } from "../hex.js";
import { recordPayload } from "../kernel/indexRoot.js";
import { Ahead } from "./Ahead.js";
import type { SegmentEntry, TombstonesEntry } from "./folderManifest.js";
import { doIndexWork } from "./indexWork.js";
import { leafTag } from "./LeafRoot.js";
import { openTombstones } from "./openSealed.js";
import { openSegments, segmentFile, thresholdsFile, tombstonesFile } from "./openSegments.js";
import { postingsLeaves } from "./postingsLeaves.js";
import type { SegmentLists } from "./SegmentLists.js";
import { segmentBytes } from "./segmentBytes.js";
import { type BlockTombstone, NO_LIST, type RecordTombstone, type Tombstones, tombstoneBytes } from "./Tombstones.js";
import { bytesOf, writeNamed } from "./wholeFile.js";

/** Which records are erased from which files, and where the rest goes. */
export interface Erasure {
  /** Folder of the segments, thresholds and tombstones. */
  readonly path: string;
  readonly segments: readonly SegmentEntry[];
  /** `[targets]` */
  readonly thresholds: Int16Array;
  /** Of what was erased before. */
  readonly tombstones: TombstonesEntry | undefined;
  /** By their places in the index, each below its count of records. */
  readonly records: ReadonlySet<number>;
  /** Folder of what is left. */
  readonly target: string;
}

/** What is left, as a manifest lists it, and the roots that it gives. */
export interface ErasureResult {
  readonly segments: readonly SegmentEntry[];
  readonly tombstones: TombstonesEntry;
  /** SHA-256 of the file of thresholds. */
  readonly thresholds: string;
  readonly recordsRoot: Hex;
  readonly postingsRoot: Hex;
}

/** @throws AttributionError `index_malformed`, `index_mismatch` */
export async function doErasure(erasure: Erasure): Promise<ErasureResult> {
  const { path, target } = erasure;
  const keccak = await loadKeccak();
  const lists = openSegments(path, erasure.segments);
  let before: Tombstones | undefined;
  let rest: SegmentLists | undefined;
  try {
    before = openTombstones(path, erasure.tombstones);
    const { segments, records } = await eraseRecords(keccak, lists, before, erasure);
    rest = openSegments(target, segments);
    const thresholds = restOf(erasure.thresholds, lists, rest);
    const blocks = eraseBlocks(keccak, lists, before, rest, erasure);
    const sha256 = await writeNamed(target, tombstoneBytes(records, blocks), tombstonesFile);
    const tombstones = { records: records.length, sha256 };
    // by the way that everybody checks them by
    const terms = { thresholds, tombstones };
    const { recordsRoot, postingsRoot } = await doIndexWork({ path: target, segments, terms });
    const thresholdsHash = await writeNamed(target, [bytesOf(thresholds)], thresholdsFile);
    return { segments, tombstones, thresholds: thresholdsHash, recordsRoot, postingsRoot };
  } finally {
    rest?.close();
    before?.close();
    lists.close();
  }
}

/** Writes each segment without the records that are erased; gives the tombstones of all that ever were. */
async function eraseRecords(
  keccak: Keccak,
  { segments }: SegmentLists,
  before: Tombstones | undefined,
  { records: erased, target }: Erasure,
): Promise<{ readonly segments: SegmentEntry[]; readonly records: RecordTombstone[] }> {
  const tag = leafTag("IndexRecord");
  const earlier = new Ahead<RecordTombstone>(before?.records() ?? []);
  const written: SegmentEntry[] = [];
  const records: RecordTombstone[] = [];
  for (const segment of segments) {
    const rows = segment.rows();
    for (const [i, row] of rows.entries()) {
      const record = segment.firstRecord + i;
      if (earlier.next?.record === record) records.push(earlier.take());
      else if (erased.has(record)) records.push({ record, hash: keccak.hash(tag, recordPayload(record, row)) });
      else continue;
      rows[i] = NO_CODES;
    }
    const sha256 = await writeNamed(target, segmentBytes(rows, segment.firstRecord), segmentFile);
    written.push({ records: rows.length, sha256 });
  }
  return { segments: written, records };
}

/** The tombstones of all blocks that ever lost a posting. */
function eraseBlocks(
  keccak: Keccak,
  lists: SegmentLists,
  before: Tombstones | undefined,
  rest: SegmentLists,
  { thresholds, records: erased }: Erasure,
): BlockTombstone[] {
  const tag = leafTag("IndexPostings");
  const tokens = new Set(rest.targets);
  const blocks: BlockTombstone[] = [];
  let leaf = 0;
  for (const { token, block, records, content } of postingsLeaves(lists, thresholds, before)) {
    const left = records.reduce((sum, record) => (erased.has(record) ? sum : sum + 1), 0);
    if ("hash" in content || left < records.length) {
      const hash = "hash" in content ? content.hash : keccak.hash(tag, content.payload);
      const isListed = token !== undefined && tokens.has(token);
      blocks.push({ leaf, block: isListed ? block : NO_LIST, left, hash });
    }
    leaf++;
  }
  return blocks;
}

/** Of the tokens that are left. */
function restOf(thresholds: Int16Array, lists: SegmentLists, rest: SegmentLists): Int16Array {
  const places = new Map([...lists.targets].map((token, place) => [token, place]));
  return Int16Array.from(rest.targets, (token) => thresholds[places.get(token)!]!);
}
