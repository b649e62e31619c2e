/**
 * Which records have a hash, the first 64 of each: in memory as long as they are few, then in runs on disk. A run is at least four
 * times as large as the one after it, so that a hundred times the records add no more than four runs, and an entry is rewritten a few
 * times for each of them.
 *
 * Adding reads nothing. A look at a hash reads a block of each run, unless a filter in memory says that no run has the hash: one bit
 * for each part of the hashes. It spares most reads up to some ten million entries, and none of billions.
 */

import type { HolderRun } from "./HolderRun.js";
import { HolderTable, MAX_HOLDERS, TABLE_ENTRY_BYTES } from "./HolderTable.js";
import { mergeRuns, writeRun } from "./writeRuns.js";

/** A run has so many times the entries of the next at least. */
const RUN_RATIO = 4;
/** Part of the memory that is the filter's, once there are runs. */
const FILTER_PART = 0.25;

export class HashHolders {
  readonly #table: HolderTable;
  readonly #capacity: number;
  /** The earliest first: the records of each are below all of the next. */
  readonly #runs: HolderRun[] = [];
  #filter: Uint8Array | undefined;
  readonly #found = new Uint32Array(MAX_HOLDERS);

  /**
   * @param folder Where runs are made
   * @param bytes What may be in memory; one record always may. Besides it there are 4 bytes for each 256 entries of the runs
   */
  constructor(
    private readonly folder: string,
    private readonly bytes: number,
  ) {
    this.#capacity = Math.floor(((1 - FILTER_PART) * bytes) / TABLE_ENTRY_BYTES);
    this.#table = new HolderTable(this.#capacity);
  }

  get bytesOnDisk(): number {
    return this.#runs.reduce((sum, { file }) => sum + file.byteLength, 0);
  }

  /**
   * Makes room for as many hashes of one record, so that adding them cannot fail.
   *
   * @throws whatever the system cannot do; all that was added is there, and it can be tried again
   */
  reserve(hashes: number): void {
    if (this.#table.count > 0 && this.#table.count + hashes > this.#capacity) this.#flush();
    this.#table.reserve(hashes);
  }

  /** Adds a record, not below any before it, under distinct hashes; there is room for them. */
  add(record: number, hashes: Iterable<number>): void {
    for (const hash of hashes) this.#table.add(hash, record);
  }

  /** The first 64 records of a hash, ascending; good until the next call. @throws whatever the system cannot do */
  of(hash: number): Uint32Array {
    let count = 0;
    if (this.#isInRuns(hash)) {
      for (const run of this.#runs) if (count < MAX_HOLDERS) count = run.collect(hash, this.#found, count);
    }
    return this.#found.subarray(0, this.#table.collect(hash, this.#found, count));
  }

  close(): void {
    for (const run of this.#runs) run.close();
  }

  #flush(): void {
    const entries = this.#table.sorted();
    this.#runs.push(writeRun(this.folder, entries));
    this.#addToFilter(new Uint32Array(entries.buffer));
    this.#table.clear();
    this.#merge();
  }

  #merge(): void {
    for (;;) {
      const [before, after] = this.#runs.slice(-2);
      if (after === undefined || before!.count >= RUN_RATIO * after.count) return;
      this.#runs.splice(-2, 2, mergeRuns(this.folder, before!, after));
      before!.close();
      after.close();
    }
  }

  #addToFilter(entries: Uint32Array): void {
    this.#filter ??= new Uint8Array(Math.max(1, Math.floor(FILTER_PART * this.bytes)));
    for (let at = 1; at < entries.length; at += 2) {
      const bit = this.#bitOf(entries[at]!, this.#filter);
      this.#filter[bit >>> 3]! |= 1 << (bit & 7);
    }
  }

  #isInRuns(hash: number): boolean {
    if (this.#filter === undefined) return false;
    const bit = this.#bitOf(hash, this.#filter);
    return (this.#filter[bit >>> 3]! & (1 << (bit & 7))) !== 0;
  }

  #bitOf(hash: number, filter: Uint8Array): number {
    return Math.floor((hash / 2 ** 32) * 8 * filter.length);
  }
}
