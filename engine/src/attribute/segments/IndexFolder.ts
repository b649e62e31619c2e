import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { loadKeccak } from "@openledger/sdk";
import type { PositionCodes } from "../codes.js";
import { AttributionError } from "../errors.js";
import type { Hex } from "../hex.js";
import { shareFloors } from "../kernel/floors.js";
import { indexRoot } from "../kernel/indexRoot.js";
import { tokenThresholds } from "../kernel/thresholds.js";
import { encodeManifest, type FolderManifest, MANIFEST_FILE, parseManifest } from "./folderManifest.js";
import { KernelSegment } from "./KernelSegment.js";
import { SegmentIndex } from "./SegmentIndex.js";
import { MAX_SEGMENT_RECORDS } from "./SegmentLayout.js";
import { SegmentLists } from "./SegmentLists.js";
import { SegmentPostings } from "./SegmentPostings.js";
import { checkRow, segmentBytes } from "./segmentBytes.js";
import { postingsRootOf, recordsRootOf } from "./segmentRoots.js";

/** The base that an index is under. */
export interface IndexBase {
  readonly baseWeightsRoot: Hex;
  /** SHA-256 of the base's attribution file. */
  readonly attributionHash: Hex;
}

/**
 * An index that is built into a folder, in segments of at most 2^16 records: what has been appended is on disk when `append`
 * returns, and a process that is killed goes on from there. One process at a time writes to a folder.
 *
 * Short segments are joined with those before them as long as these are not longer (Bentley and Saxe's logarithmic method), so
 * that a record is written some 16 times at most and a list lies in few places.
 *
 * Memory: a segment while one is written, 8 bytes for each segment and token that occurs in it afterwards.
 */
export class IndexFolder {
  /** What was asked for last: changes follow one another. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly path: string,
    private manifest: FolderManifest,
  ) {}

  /**
   * Opens a folder, or makes one. What no manifest lists, left by a process that was killed, is removed.
   *
   * @throws AttributionError `index_malformed`; `index_mismatch` when the folder is of another base, or a segment is not what was
   * written: its file is named
   */
  static async open(path: string, base: IndexBase): Promise<IndexFolder> {
    await mkdir(path, { recursive: true });
    const manifest = (await readManifest(path)) ?? { ...base, segments: [] };
    const isOfBase =
      manifest.baseWeightsRoot === base.baseWeightsRoot && manifest.attributionHash === base.attributionHash;
    if (!isOfBase) {
      throw new AttributionError(
        "index_mismatch",
        `${path} holds an index under base ${manifest.baseWeightsRoot} with attribution file ` +
          `${manifest.attributionHash}, asked for ${base.baseWeightsRoot} with ${base.attributionHash}`,
      );
    }
    const folder = new IndexFolder(path, manifest);
    await folder.#removeUnlisted();
    folder.#openLists(true).close();
    return folder;
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
  keep(records: readonly (readonly number[])[]): Promise<number> {
    return this.#afterOthers(() => this.#keep(records));
  }

  async #keep(records: readonly (readonly number[])[]): Promise<number> {
    const lists = this.#openLists(false);
    let kept = 0;
    try {
      for (const segment of lists.segments) {
        const end = segment.firstRecord + segment.sizes.records;
        if (!holds(segment, records.slice(segment.firstRecord, end))) break;
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

  /** Fixes thresholds, floors and root of what has been appended. @param decoys Of the base */
  seal(decoys: readonly PositionCodes[]): Promise<void> {
    return this.#afterOthers(() => this.#seal(decoys));
  }

  async #seal(decoys: readonly PositionCodes[]): Promise<void> {
    const keccak = await loadKeccak();
    const lists = this.#openLists(false);
    try {
      const thresholds = tokenThresholds(lists, decoys);
      const floors = shareFloors(new SegmentPostings(lists, thresholds), decoys);
      const recordsRoot = recordsRootOf(keccak, lists);
      const postingsRoot = postingsRootOf(keccak, lists, thresholds);
      const root = indexRoot({ ...this.manifest, floors, recordsRoot, postingsRoot });
      const sha256 = await this.#put([bytesOf(thresholds)], "thresholds");
      const seal = { recordsRoot, postingsRoot, root, floors: [...floors], thresholds: sha256 };
      await this.#write({ ...this.manifest, seal });
    } finally {
      lists.close();
    }
  }

  /**
   * The sealed index; whoever has it closes it.
   *
   * @throws AttributionError `invalid_request` while it is not sealed; `index_mismatch`
   */
  async index(): Promise<SegmentIndex> {
    const { seal } = this.manifest;
    if (seal === undefined) {
      throw new AttributionError("invalid_request", `${this.path} is not sealed: records are still being added`);
    }
    const floors = Uint32Array.from(seal.floors);
    const found = indexRoot({ ...this.manifest, ...seal, floors });
    if (found !== seal.root) throw this.#mismatch(MANIFEST_FILE, `root ${seal.root}, of which the rest gives ${found}`);
    const bytes = await readFile(join(this.path, `${seal.thresholds}.thresholds`)).catch(absent);
    const lists = this.#openLists(false);
    if (sha256Of([bytes]) !== seal.thresholds || bytes.length !== 2 * lists.targets.length) {
      lists.close();
      throw this.#mismatch(`${seal.thresholds}.thresholds`, sha256Of([bytes]));
    }
    const thresholds = new Int16Array(new Uint8Array(bytes).buffer);
    return new SegmentIndex(new SegmentPostings(lists, thresholds), { ...this.manifest, ...seal, floors });
  }

  async #appendSegment(rows: readonly PositionCodes[]): Promise<void> {
    const segments = [...this.manifest.segments];
    let merged = rows;
    for (let last = segments.at(-1); last !== undefined; last = segments.at(-1)) {
      if (last.records > merged.length || last.records + merged.length > MAX_SEGMENT_RECORDS) break;
      segments.pop();
      const segment = this.#openSegment(last.sha256, 0);
      try {
        merged = [...segment.rows(), ...merged];
      } finally {
        segment.close();
      }
    }
    const firstRecord = segments.reduce((sum, { records }) => sum + records, 0);
    const sha256 = await this.#put(segmentBytes(merged, firstRecord), "segment");
    await this.#write({ ...this.#unsealed(), segments: [...segments, { records: merged.length, sha256 }] });
  }

  /** Changes one after another, whoever asks: a failed one keeps nobody from the next. */
  #afterOthers<T>(change: () => Promise<T>): Promise<T> {
    const done = this.#last.then(change, change);
    this.#last = done.catch(() => undefined);
    return done;
  }

  #unsealed(): FolderManifest {
    const { seal: _, ...rest } = this.manifest;
    return rest;
  }

  #openSegment(sha256: string, firstRecord: number): KernelSegment {
    return KernelSegment.open(join(this.path, `${sha256}.segment`), firstRecord);
  }

  #openLists(isChecked: boolean): SegmentLists {
    const segments: KernelSegment[] = [];
    let firstRecord = 0;
    try {
      for (const { sha256, records } of this.manifest.segments) {
        const segment = this.#openSegment(sha256, firstRecord);
        segments.push(segment);
        const found = isChecked ? segment.sha256() : sha256;
        if (found !== sha256) throw this.#mismatch(`${sha256}.segment`, found);
        if (segment.sizes.records !== records) throw this.#mismatch(`${sha256}.segment`, `${records} records`);
        firstRecord += records;
      }
    } catch (error) {
      for (const segment of segments) segment.close();
      throw error;
    }
    return new SegmentLists(segments);
  }

  /** Writes a file named by its SHA-256, whole or not at all. */
  async #put(parts: readonly Uint8Array[], ending: string): Promise<string> {
    const sha256 = sha256Of(parts);
    await writeWhole(join(this.path, `${sha256}.${ending}`), parts);
    return sha256;
  }

  async #write(manifest: FolderManifest): Promise<void> {
    await writeWhole(join(this.path, MANIFEST_FILE), [Buffer.from(encodeManifest(manifest))]);
    this.manifest = manifest;
    await this.#removeUnlisted();
  }

  async #removeUnlisted(): Promise<void> {
    const { segments, seal } = this.manifest;
    const listed = new Set([
      MANIFEST_FILE,
      ...segments.map(({ sha256 }) => `${sha256}.segment`),
      ...(seal === undefined ? [] : [`${seal.thresholds}.thresholds`]),
    ]);
    for (const name of await readdir(this.path)) {
      const isOurs = /^[0-9a-f-]+\.(segment|thresholds|partial)$/.test(name);
      if (isOurs && !listed.has(name)) await rm(join(this.path, name), { force: true });
    }
  }

  #mismatch(file: string, found: string): AttributionError {
    return new AttributionError(
      "index_mismatch",
      `${join(this.path, file)} has been changed since it was written: it holds ${found}; remove the folder and build the ` +
        "index again",
    );
  }
}

async function readManifest(path: string): Promise<FolderManifest | undefined> {
  let text: string;
  try {
    text = await readFile(join(path, MANIFEST_FILE), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  return parseManifest(text, path);
}

function holds(segment: KernelSegment, records: readonly (readonly number[])[]): boolean {
  if (records.length !== segment.sizes.records) return false;
  return records.every((wanted, i) => {
    const found = segment.ids(i);
    return found.length === wanted.length && found.every((id, at) => id === wanted[at]);
  });
}

async function writeWhole(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const partial = join(path, "..", `${randomUUID()}.partial`);
  const file = await open(partial, "wx");
  try {
    for (const part of parts) await file.writeFile(part);
    await file.sync();
    await file.close();
    await rename(partial, path);
    await syncFolder(join(path, ".."));
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(partial, { force: true });
    throw error;
  }
}

/** A name is there after a loss of power once its folder has been written. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function absent(error: NodeJS.ErrnoException): Buffer {
  if (error.code === "ENOENT") return Buffer.of();
  throw error;
}

function sha256Of(parts: readonly Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

function bytesOf({ buffer, byteOffset, byteLength }: Int16Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
