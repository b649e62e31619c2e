import { ATTRIBUTION_CONTEXT } from "../codes.js";
import { AttributionError } from "../errors.js";
import { POSTINGS_BLOCK } from "../kernel/indexRoot.js";
import { ColumnReader, ReadOnlyFile } from "./ReadOnlyFile.js";

const MAGIC = 0x544b4c4f; // OLKT
const FORMAT = 1;
const HEADER_BYTES = 16;
const HASH_BYTES = 32;
const RECORD_BYTES = 4 + HASH_BYTES;
const BLOCK_BYTES = 12 + HASH_BYTES;

/** In place of a block's number: no posting of its token is left, and which token it was is not kept. */
export const NO_LIST = 2 ** 32 - 1;

/** What is left of a record. */
export interface RecordTombstone {
  /** Its place in the index. */
  readonly record: number;
  /** `[32]`, its leaf under `recordsRoot`. */
  readonly hash: Uint8Array;
}

/** What is left of a block of postings of which at least one was an erased record's. */
export interface BlockTombstone {
  /** Its place among the leaves of `postingsRoot`. */
  readonly leaf: number;
  /** Its number in its token's list, or `NO_LIST`. */
  readonly block: number;
  /** How many of its postings are in the list still, 0 to 63: those that follow what the blocks before it have. */
  readonly left: number;
  /** `[32]`, its leaf. */
  readonly hash: Uint8Array;
}

/**
 * What stands in an index for what was erased from it: the leaves that nobody can compute any more, so that both roots still can
 * be. Read from begin to end, in memory of a few pages.
 *
 * File, numbers uint32 little-endian. Header: "OLKT", format, records, blocks. For each erased record, ascending: its place in the
 * index, leaf `[32]`. Then for each block that lost a posting, ascending by leaf: place among the leaves, number in its list,
 * postings left, leaf `[32]`.
 *
 * 36 bytes a record, 44 a block; at least one record, at most 256 blocks a record.
 *
 * Which list a block is of follows from its number: 0 begins the next list, any other goes on with the list that the leaf before
 * it is of, `NO_LIST` lies between two. A block of the list's middle without a posting left is one of its numbers as any other. The
 * token of a list that is gone is not told: it was the text.
 */
export class Tombstones {
  /** How many records were erased. */
  readonly recordCount: number;
  /** How many blocks lost a posting. */
  readonly blockCount: number;

  private constructor(private readonly file: ReadOnlyFile) {
    const header = new Uint8Array(HEADER_BYTES);
    file.read(0, header);
    const [magic, format, records, blocks] = [0, 4, 8, 12].map((at) => numberAt(header, at));
    if (magic !== MAGIC) throw this.malformed("an OLKT file", "other bytes");
    if (format !== FORMAT) throw this.malformed(`format ${FORMAT}`, format);
    if (records === 0) throw this.malformed("a record", "none");
    const most = ATTRIBUTION_CONTEXT * records!;
    if (blocks! > most) throw this.malformed(`at most ${most} blocks of ${records} records`, blocks);
    const byteLength = HEADER_BYTES + RECORD_BYTES * records! + BLOCK_BYTES * blocks!;
    if (file.byteLength !== byteLength) throw this.malformed(`${byteLength} bytes`, file.byteLength);
    this.recordCount = records!;
    this.blockCount = blocks!;
  }

  /** @throws AttributionError `index_malformed` */
  static open(path: string): Tombstones {
    const file = new ReadOnlyFile(path);
    try {
      return new Tombstones(file);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  close(): void {
    this.file.close();
  }

  /** Ascending by record. @throws AttributionError `index_malformed` */
  *records(): Generator<RecordTombstone> {
    const column = new ColumnReader(this.file, HEADER_BYTES, this.#blocksAt, RECORD_BYTES);
    let before = -1;
    for (let left = this.recordCount; left > 0; left--) {
      const entry = column.next();
      const record = numberAt(entry, 0);
      if (record <= before) throw this.malformed(`a record above ${before}`, record);
      before = record;
      yield { record, hash: entry.slice(4) };
    }
  }

  /** Ascending by leaf. @throws AttributionError `index_malformed` */
  *blocks(): Generator<BlockTombstone> {
    const column = new ColumnReader(this.file, this.#blocksAt, this.file.byteLength, BLOCK_BYTES);
    let before = -1;
    for (let remaining = this.blockCount; remaining > 0; remaining--) {
      const entry = column.next();
      const [leaf, block, left] = [numberAt(entry, 0), numberAt(entry, 4), numberAt(entry, 8)];
      if (leaf <= before) throw this.malformed(`a leaf above ${before}`, leaf);
      const most = block === NO_LIST ? 0 : POSTINGS_BLOCK - 1;
      if (left > most) throw this.malformed(`at most ${most} postings left of leaf ${leaf}`, left);
      before = leaf;
      yield { leaf, block, left, hash: entry.slice(12) };
    }
  }

  /** Of a file that is none. */
  malformed(wanted: string, found: unknown): AttributionError {
    return this.#error("index_malformed", wanted, found);
  }

  /** Of a file that does not fit the segments beside it. */
  mismatch(wanted: string, found: unknown): AttributionError {
    return this.#error("index_mismatch", wanted, found);
  }

  get #blocksAt(): number {
    return HEADER_BYTES + RECORD_BYTES * this.recordCount;
  }

  #error(code: AttributionError["code"], wanted: string, found: unknown): AttributionError {
    return new AttributionError(code, `tombstones ${this.file.path}: expected ${wanted}, found ${found}`);
  }
}

/** The file, in pieces. @param records Ascending. @param blocks Ascending by leaf */
export function tombstoneBytes(records: readonly RecordTombstone[], blocks: readonly BlockTombstone[]): Uint8Array[] {
  return [
    entryOf([MAGIC, FORMAT, records.length, blocks.length]),
    joined(
      RECORD_BYTES,
      records.map(({ record, hash }) => entryOf([record], hash)),
    ),
    joined(
      BLOCK_BYTES,
      blocks.map(({ leaf, block, left, hash }) => entryOf([leaf, block, left], hash)),
    ),
  ];
}

function entryOf(numbers: readonly number[], hash: Uint8Array = new Uint8Array()): Uint8Array {
  const entry = new Uint8Array(4 * numbers.length + hash.length);
  const view = new DataView(entry.buffer);
  for (const [i, number] of numbers.entries()) view.setUint32(4 * i, number, true);
  entry.set(hash, 4 * numbers.length);
  return entry;
}

function joined(size: number, entries: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(size * entries.length);
  for (const [i, entry] of entries.entries()) all.set(entry, size * i);
  return all;
}

function numberAt(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);
}
