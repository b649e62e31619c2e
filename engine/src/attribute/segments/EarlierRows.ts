import { join } from "node:path";
import type { PositionCodes } from "../codes.js";
import { readManifest, type SegmentEntry } from "./folderManifest.js";
import type { IndexBase } from "./IndexFolder.js";
import type { KernelSegment } from "./KernelSegment.js";
import { damaged } from "./openSealed.js";
import { openSegment, segmentFile } from "./openSegments.js";
import { sha256OfFile } from "./wholeFile.js";

/** An index that was built before, sealed or not, of which some records are wanted again. */
export interface EarlierIndex {
  /** Its folder. It is only read, and another process may write to it meanwhile. */
  readonly path: string;
  /** Where a record of the new index may stand in it. That is looked at: its tokens decide. */
  placeOf(record: number): number | undefined;
  /** Told what cannot be used of it, once for each file: what it held is computed again. */
  onDamage?(error: unknown): void;
}

/** A segment of an earlier index and the place of its first record there. */
export interface EarlierSegment extends SegmentEntry {
  readonly firstRecord: number;
}

/**
 * Rows of an index that was built before. A segment is held against its hash when it is first asked for: what the disk altered,
 * and what cannot be read, gives no row and keeps nobody from computing it.
 *
 * Memory: 8 bytes for each segment that was asked for and token that occurs in it.
 */
export class EarlierRows {
  /** Undefined for what is not what was written. */
  readonly #opened = new Map<EarlierSegment, KernelSegment | undefined>();

  private constructor(
    private readonly earlier: EarlierIndex,
    /** In the order of their records. */
    readonly segments: readonly EarlierSegment[],
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** Of a folder without an index under this base, nothing. Whoever has it closes it. */
  static async open(earlier: EarlierIndex, base: IndexBase, signal?: AbortSignal): Promise<EarlierRows> {
    const segments: EarlierSegment[] = [];
    try {
      const manifest = await readManifest(earlier.path);
      const isOfBase =
        manifest?.baseWeightsRoot === base.baseWeightsRoot && manifest.attributionHash === base.attributionHash;
      let firstRecord = 0;
      for (const entry of isOfBase ? manifest.segments : []) {
        segments.push({ ...entry, firstRecord });
        firstRecord += entry.records;
      }
    } catch (error) {
      earlier.onDamage?.(error);
    }
    return new EarlierRows(earlier, segments, signal);
  }

  /** Where a record of the new index may stand: it is cheap to ask of many. */
  placeOf(record: number): number | undefined {
    return this.earlier.placeOf(record);
  }

  /** @returns the row at a place; undefined where it is none of these tokens. @throws the signal's reason */
  async row(place: number, ids: readonly number[]): Promise<PositionCodes | undefined> {
    const entry = this.segments.find((one) => place >= one.firstRecord && place < one.firstRecord + one.records);
    const row = entry && (await this.read(entry, (segment) => segment.row(place - segment.firstRecord)));
    return row?.ids.length === ids.length && row.ids.every((id, at) => id === ids[at]) ? row : undefined;
  }

  /**
   * What is found in a segment; undefined where it is not what was written, cannot be read, or is no longer there.
   *
   * @throws the signal's reason
   */
  async read<T>(entry: EarlierSegment, find: (segment: KernelSegment) => T | Promise<T>): Promise<T | undefined> {
    if (!this.#opened.has(entry)) this.#opened.set(entry, await this.#open(entry));
    const segment = this.#opened.get(entry);
    if (segment === undefined) return undefined;
    try {
      return await find(segment);
    } catch (error) {
      segment.close();
      this.#opened.set(entry, undefined);
      return this.#damaged(error);
    }
  }

  pathOf({ sha256 }: EarlierSegment): string {
    return join(this.earlier.path, segmentFile(sha256));
  }

  close(): void {
    for (const segment of this.#opened.values()) segment?.close();
  }

  async #open(entry: EarlierSegment): Promise<KernelSegment | undefined> {
    const path = this.pathOf(entry);
    try {
      const found = await sha256OfFile(path, this.signal);
      // who writes there has joined it with others
      if (found === undefined) return undefined;
      if (found !== entry.sha256) throw damaged(path, found);
      return openSegment(this.earlier.path, entry, entry.firstRecord);
    } catch (error) {
      return this.#damaged(error);
    }
  }

  #damaged(error: unknown): undefined {
    this.signal?.throwIfAborted();
    this.earlier.onDamage?.(error);
    return undefined;
  }
}
