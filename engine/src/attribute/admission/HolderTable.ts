import { randomBytes } from "node:crypto";
import { grown } from "../grown.js";

/** Records of one hash that are told; those beyond them are of licence headers and the like. */
export const MAX_HOLDERS = 64;

/** Bytes of an entry: hash, record, the entry after it in its bucket, its place among the hash's, and a bucket. */
export const TABLE_ENTRY_BYTES = 17;

/**
 * The first records of each hash, in memory: chains of entries in typed arrays, the newest entry first, since the garbage collector
 * and a `Map` of lists take ten times as much.
 */
export class HolderTable {
  #hashes = new Uint32Array(256);
  #records = new Uint32Array(256);
  /** The entry after it, counted from 1; 0 is none. */
  #next = new Uint32Array(256);
  /** How many entries of the same hash were before. */
  #ordinals = new Uint8Array(256);
  /** The first entry of each bucket, counted from 1. */
  #buckets = new Uint32Array(256);
  /** Of this table alone: nobody who does not know it can write texts whose hashes fall into few buckets. */
  readonly #mask = randomBytes(4).readUInt32LE();
  readonly #factor = randomBytes(4).readUInt32LE() | 1;
  #count = 0;

  /** @param capacity Most entries, unless one record has more */
  constructor(private readonly capacity: number) {}

  /** Entries. */
  get count(): number {
    return this.#count;
  }

  /** Entries of the fullest bucket: what a look passes at most. */
  get longestChain(): number {
    return this.#buckets.reduce((longest, first) => {
      let length = 0;
      for (let entry = first - 1; entry >= 0; entry = this.#next[entry]! - 1) length++;
      return Math.max(longest, length);
    }, 0);
  }

  /** Makes room for entries, so that adding so many needs no more memory. */
  reserve(entries: number): void {
    if (this.#count + entries <= this.#hashes.length) return;
    this.#hashes = grown(this.#hashes, this.#count + entries, this.capacity);
    this.#records = grown(this.#records, this.#hashes.length, this.capacity);
    this.#next = grown(this.#next, this.#hashes.length, this.capacity);
    this.#ordinals = grown(this.#ordinals, this.#hashes.length, this.capacity);
    this.#buckets = new Uint32Array(this.#hashes.length);
    // oldest first, as they were added
    for (let entry = 0; entry < this.#count; entry++) this.#chain(entry, this.#hashes[entry]!);
  }

  /** Adds a record, not below any before it, under a hash that it was not added under; there is room for it. */
  add(hash: number, record: number): void {
    const newest = this.#newestOf(hash);
    const ordinal = newest < 0 ? 0 : this.#ordinals[newest]! + 1;
    if (ordinal >= MAX_HOLDERS) return;
    const entry = this.#count++;
    this.#hashes[entry] = hash;
    this.#records[entry] = record;
    this.#ordinals[entry] = ordinal;
    this.#chain(entry, hash);
  }

  /** Writes a hash's first records from place `taken` on, as far as 64 go. @returns The place behind them */
  collect(hash: number, into: Uint32Array, taken: number): number {
    const newest = this.#newestOf(hash);
    if (newest < 0) return taken;
    const end = Math.min(MAX_HOLDERS, taken + this.#ordinals[newest]! + 1);
    for (let entry = newest; entry >= 0; entry = this.#next[entry]! - 1) {
      if (this.#hashes[entry] !== hash) continue;
      const ordinal = this.#ordinals[entry]!;
      if (taken + ordinal < end) into[taken + ordinal] = this.#records[entry]!;
      if (ordinal === 0) break;
    }
    return end;
  }

  /** All entries by hash, those of one hash by record: the hash in the high half of each, the record in the low one. */
  sorted(): BigUint64Array<ArrayBuffer> {
    const entries = new BigUint64Array(this.#count);
    const halves = new Uint32Array(entries.buffer);
    for (let entry = 0; entry < this.#count; entry++) {
      halves[2 * entry] = this.#records[entry]!;
      halves[2 * entry + 1] = this.#hashes[entry]!;
    }
    return entries.sort();
  }

  clear(): void {
    this.#count = 0;
    this.#buckets.fill(0);
  }

  #newestOf(hash: number): number {
    let entry = this.#buckets[this.#bucketOf(hash)]! - 1;
    while (entry >= 0 && this.#hashes[entry] !== hash) entry = this.#next[entry]! - 1;
    return entry;
  }

  #chain(entry: number, hash: number): void {
    const bucket = this.#bucketOf(hash);
    this.#next[entry] = this.#buckets[bucket]!;
    this.#buckets[bucket] = entry + 1;
  }

  /** Keyed, then mixed as MurmurHash3 ends: neither hashes that are chosen nor such as follow one another share buckets. */
  #bucketOf(hash: number): number {
    let mixed = Math.imul(hash ^ this.#mask, this.#factor);
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    mixed ^= mixed >>> 16;
    return Math.floor(((mixed >>> 0) / 2 ** 32) * this.#buckets.length);
  }
}
