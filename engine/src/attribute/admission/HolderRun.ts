import type { ScratchFile } from "../ScratchFile.js";
import { MAX_HOLDERS } from "./HolderTable.js";

/** An entry is the record as uint32 and the hash as uint32, of the machine's order: little-endian on all that this runs on. */
export const RUN_ENTRY_BYTES = 8;
/** Entries of a block: more than a hash has, so that these lie in two blocks at most. */
export const RUN_BLOCK = 256;

const BLOCK_BYTES = RUN_BLOCK * RUN_ENTRY_BYTES;

/**
 * Entries in a file, written once: by hash, those of one hash by record, at most 64 of them. In memory there is the first hash of
 * each block, so that a look at a hash reads one block, or two where its entries go over the end of one.
 */
export class HolderRun {
  readonly #entries = new Uint32Array(4 * RUN_BLOCK);
  readonly #bytes = new Uint8Array(this.#entries.buffer);

  /** @param firstHashes Of each block of the file */
  constructor(
    readonly file: ScratchFile,
    private readonly firstHashes: Uint32Array,
  ) {}

  /** Entries. */
  get count(): number {
    return this.file.byteLength / RUN_ENTRY_BYTES;
  }

  /** Writes a hash's first records from place `taken` on, as far as 64 go. @returns The place behind them */
  collect(hash: number, into: Uint32Array, taken: number): number {
    const later = this.#firstBlockFrom(hash);
    // entries of the hash may begin within the block before the first one that begins with it
    const begin = Math.max(0, later - 1) * BLOCK_BYTES;
    const blocks = later < this.firstHashes.length && this.firstHashes[later] === hash ? later + 1 : later;
    const end = Math.min(this.file.byteLength, blocks * BLOCK_BYTES);
    if (end <= begin) return taken;
    this.file.read(begin, this.#bytes.subarray(0, end - begin));

    const entries = this.#entries;
    const count = (end - begin) / RUN_ENTRY_BYTES;
    let low = 0;
    for (let high = count; low < high; ) {
      const middle = (low + high) >>> 1;
      if (entries[2 * middle + 1]! < hash) low = middle + 1;
      else high = middle;
    }
    let place = taken;
    for (; low < count && entries[2 * low + 1] === hash && place < MAX_HOLDERS; low++)
      into[place++] = entries[2 * low]!;
    return place;
  }

  close(): void {
    this.file.close();
  }

  /** The first block that begins with this hash or one above it. */
  #firstBlockFrom(hash: number): number {
    let low = 0;
    for (let high = this.firstHashes.length; low < high; ) {
      const middle = (low + high) >>> 1;
      if (this.firstHashes[middle]! < hash) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
