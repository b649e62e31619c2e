import { link, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { PositionCodes } from "../codes.js";
import { AttributionError } from "../errors.js";
import type { Hex } from "../hex.js";
import { indexRoot } from "../kernel/indexRoot.js";
import type { EarlierRows } from "./EarlierRows.js";
import { FolderLock } from "./FolderLock.js";
import {
  encodeManifest,
  type FolderManifest,
  MANIFEST_FILE,
  readManifest,
  type SegmentEntry,
} from "./folderManifest.js";
import type { KernelSegment } from "./KernelSegment.js";
import { damaged, openSealed } from "./openSealed.js";
import { openSegments, segmentFile, thresholdsFile } from "./openSegments.js";
import type { RecordTokens } from "./RecordTokens.js";
import { runIndexTask } from "./runIndexTask.js";
import type { SegmentIndex } from "./SegmentIndex.js";
import { MAX_SEGMENT_RECORDS } from "./SegmentLayout.js";
import { checkRow } from "./segmentBytes.js";
import { removeUnlisted } from "./unlisted.js";
import { bytesOf, sha256OfFile, writeNamed, writeWhole } from "./wholeFile.js";

/** Records whose tokens are compared before others may have their turn. */
const COMPARED_TOGETHER = 4096;

/** The base that an index is under. */
export interface IndexBase {
  readonly baseWeightsRoot: Hex;
  /** SHA-256 of the base's attribution file. */
  readonly attributionHash: Hex;
}

/**
 * An index that is built into a folder, in segments of at most 2^16 records: what has been appended is on disk when `append`
 * returns, and a process that is killed goes on from there. One process at a time writes to a folder: whoever opens one closes it.
 *
 * Short segments are joined with those before them as long as these are not longer (Bentley and Saxe's logarithmic method), so
 * that a record is written some 16 times at most and a list lies in few places.
 *
 * Memory: a segment while one is written, 8 bytes for each segment and token that occurs in it afterwards.
 */
export class IndexFolder {
  /** What was asked for last: changes follow one another. */
  #last: Promise<unknown> = Promise.resolve();
  readonly #closing = new AbortController();

  private constructor(
    readonly path: string,
    private manifest: FolderManifest,
    private readonly lock: FolderLock,
  ) {}

  /**
   * Opens a folder, or makes one. What no manifest lists, left by a process that was killed, is removed.
   *
   * @throws AttributionError `index_locked` while another has it; `index_malformed`; `index_mismatch` when the folder is of
   * another base, or a segment is not what was written: its file is named; or records were erased from it
   */
  static async open(path: string, base: IndexBase): Promise<IndexFolder> {
    await mkdir(path, { recursive: true });
    const lock = await FolderLock.acquire(path);
    try {
      const manifest = (await readManifest(path)) ?? { ...base, segments: [] };
      checkBase(path, manifest, base);
      checkWhole(path, manifest);
      const folder = new IndexFolder(path, manifest, lock);
      await removeUnlisted(path, manifest);
      await folder.#checkSegments();
      return folder;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** Ends a seal that is being made, and lets others write. Indexes that were opened stay open. */
  async close(): Promise<void> {
    this.#closing.abort(new AttributionError("invalid_request", `${this.path} was closed`));
    await this.#last;
    await this.lock.release();
  }

  get recordCount(): number {
    return this.manifest.segments.reduce((sum, { records }) => sum + records, 0);
  }

  get isSealed(): boolean {
    return this.manifest.seal !== undefined;
  }

  /**
   * Adds records behind those before. Many at once are written once.
   *
   * @throws AttributionError `record_too_long`, `invalid_request`; nothing has been added then
   */
  append(rows: readonly PositionCodes[]): Promise<void> {
    return this.#afterOthers(async () => {
      const first = this.recordCount;
      for (const [i, { ids }] of rows.entries()) checkRow(first + i, ids);
      for (let from = 0; from < rows.length; from += MAX_SEGMENT_RECORDS) {
        await this.#appendSegment(rows.slice(from, from + MAX_SEGMENT_RECORDS));
      }
    });
  }

  /** Keeps the segments that hold nothing but the first records of these tokens; says how many records are left. */
  keep(records: RecordTokens): Promise<number> {
    return this.#afterOthers(() => this.#keep(records));
  }

  async #keep(records: RecordTokens): Promise<number> {
    const lists = openSegments(this.path, this.manifest.segments);
    let kept = 0;
    try {
      for (const segment of lists.segments) {
        if (!(await holds(segment, records))) break;
        kept++;
      }
    } finally {
      lists.close();
    }
    if (kept < this.manifest.segments.length) {
      await this.#write({ ...this.#unsealed(), segments: this.manifest.segments.slice(0, kept) });
    }
    return this.recordCount;
  }

  /**
   * Takes segments of an earlier index that follow on the records that are here and hold nothing but the next of these tokens,
   * without copying them: both folders name the same files, which nobody writes to. Says how many records there are then.
   */
  takeSegments(earlier: EarlierRows, records: RecordTokens): Promise<number> {
    return this.#afterOthers(() => this.#takeSegments(earlier, records));
  }

  async #takeSegments(earlier: EarlierRows, records: RecordTokens): Promise<number> {
    const segments = [...this.manifest.segments];
    let next = this.recordCount;
    for (const entry of earlier.segments) {
      if (entry.firstRecord < next) continue;
      if (entry.firstRecord > next || !(await earlier.read(entry, (segment) => holds(segment, records)))) break;
      if (!(await isLinked(earlier.pathOf(entry), join(this.path, segmentFile(entry.sha256))))) break;
      segments.push({ records: entry.records, sha256: entry.sha256 });
      next += entry.records;
    }
    if (next > this.recordCount) await this.#write({ ...this.#unsealed(), segments });
    return next;
  }

  /**
   * Fixes thresholds, floors and root of what has been appended, in another thread.
   *
   * @param decoys Of the base
   * @throws AttributionError `index_failed`; the signal's reason; nothing has been sealed then
   */
  seal(decoys: readonly PositionCodes[], options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    const ends = [this.#closing.signal, ...(options.signal === undefined ? [] : [options.signal])];
    return this.#afterOthers(() => this.#seal(decoys, AbortSignal.any(ends)));
  }

  async #seal(decoys: readonly PositionCodes[], signal: AbortSignal): Promise<void> {
    const { path, manifest } = this;
    const { segments } = manifest;
    const found = await runIndexTask("roots", { path, segments, terms: { decoys } }, signal);
    const { thresholds, recordsRoot, postingsRoot } = found;
    const floors = found.floors!;
    const root = indexRoot({ ...manifest, floors, recordsRoot, postingsRoot });
    const sha256 = await writeNamed(path, [bytesOf(thresholds)], thresholdsFile);
    await this.#write({
      ...manifest,
      seal: { recordsRoot, postingsRoot, root, floors: [...floors], thresholds: sha256 },
    });
  }

  /**
   * The sealed index; whoever has it closes it. It needs this folder no longer.
   *
   * @throws AttributionError `invalid_request` while it is not sealed; `index_mismatch`
   */
  async index(): Promise<SegmentIndex> {
    return openSealed(this.path, this.manifest);
  }

  async #appendSegment(rows: readonly PositionCodes[]): Promise<void> {
    const segments = [...this.manifest.segments];
    const joined: SegmentEntry[] = [];
    let records = rows.length;
    for (let last = segments.at(-1); last !== undefined; last = segments.at(-1)) {
      if (last.records > records || last.records + records > MAX_SEGMENT_RECORDS) break;
      joined.unshift(segments.pop()!);
      records += last.records;
    }
    const firstRecord = segments.reduce((sum, { records }) => sum + records, 0);
    const entry = await runIndexTask("join", {
      path: this.path,
      segments: joined,
      rows: rows.map(copyOf),
      firstRecord,
    });
    await this.#write({ ...this.#unsealed(), segments: [...segments, entry] });
  }

  /** Changes one after another, whoever asks: a failed one keeps nobody from the next. None once it is closed. */
  #afterOthers<T>(change: () => Promise<T>): Promise<T> {
    const next = async () => {
      this.#closing.signal.throwIfAborted();
      return change();
    };
    const done = this.#last.then(next);
    this.#last = done.catch(() => undefined);
    return done;
  }

  #unsealed(): FolderManifest {
    const { seal: _, ...rest } = this.manifest;
    return rest;
  }

  async #checkSegments(): Promise<void> {
    for (const { sha256 } of this.manifest.segments) {
      const path = join(this.path, segmentFile(sha256));
      const found = await sha256OfFile(path);
      if (found !== sha256) throw damaged(path, found ?? "nothing");
    }
    openSegments(this.path, this.manifest.segments).close();
  }

  async #write(manifest: FolderManifest): Promise<void> {
    await writeWhole(join(this.path, MANIFEST_FILE), [Buffer.from(encodeManifest(manifest))]);
    this.manifest = manifest;
    await removeUnlisted(this.path, manifest);
  }
}

/** Without whatever else lies in its memory, which would go to another thread with it. */
function copyOf({ ids, surprises, codes }: PositionCodes): PositionCodes {
  return { ids: ids.slice(), surprises: surprises.slice(), codes: codes.slice() };
}

/** Whether a file has a second name: its name is that of its contents, so what has it already is the same. */
async function isLinked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    // a file system without links, or a file that is gone: its records are written anew
    return (error as NodeJS.ErrnoException).code === "EEXIST";
  }
}

function checkBase(path: string, found: IndexBase, wanted: IndexBase): void {
  if (found.baseWeightsRoot === wanted.baseWeightsRoot && found.attributionHash === wanted.attributionHash) return;
  throw new AttributionError(
    "index_mismatch",
    `${path} holds an index under base ${found.baseWeightsRoot} with attribution file ${found.attributionHash}, asked for ` +
      `${wanted.baseWeightsRoot} with ${wanted.attributionHash}`,
  );
}

/** What is built on would be another index than of its records: those that were erased are not there. */
function checkWhole(path: string, { tombstones }: FolderManifest): void {
  if (tombstones === undefined) return;
  throw new AttributionError(
    "index_mismatch",
    `${path} holds an index of which ${tombstones.records} records were erased: nothing is added to it; build in another folder`,
  );
}

/** Whether a segment is of these records, and of no more than there are. */
async function holds(segment: KernelSegment, records: RecordTokens): Promise<boolean> {
  const { firstRecord } = segment;
  const count = segment.sizes.records;
  if (firstRecord + count > records.length) return false;
  for (let record = 0; record < count; record++) {
    if (record % COMPARED_TOGETHER === 0) await setImmediate();
    const { ids } = records.at(firstRecord + record)!;
    const found = segment.ids(record);
    if (found.length !== ids.length || !found.every((id, at) => id === ids[at])) return false;
  }
  return true;
}
