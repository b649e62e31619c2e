import { AttributionError } from "../errors.js";
import { ScratchFile } from "../ScratchFile.js";
import type { RecordTokens } from "./RecordTokens.js";

const TOKEN_BYTES = 4;
/** Above the most tokens of a record: a place in the file and a length are one exact number. */
const LENGTHS = 2 ** 12;
/** Bytes that are written together. */
const WRITTEN_TOGETHER = 2 ** 16;

/**
 * Tokens of records on disk, written in any order and read by record: of a version that no memory holds.
 *
 * Memory: 8 bytes a record.
 */
export class TokenFile implements RecordTokens {
  readonly #file: ScratchFile;
  /** `[length]`: place in tokens · 2^12 + count, or -1 where nothing was put yet. */
  readonly #spans: Float64Array;
  readonly #pending = Buffer.alloc(WRITTEN_TOGETHER);
  #pendingBytes = 0;

  /**
   * @param folder Made if there is none
   * @param length Number of records
   */
  constructor(
    folder: string,
    readonly length: number,
  ) {
    this.#file = new ScratchFile(folder);
    this.#spans = new Float64Array(length).fill(-1);
  }

  /**
   * @throws AttributionError `invalid_request` for a record that there is not, `record_too_long`; `search_failed` once it is closed;
   * what the system says of a disk that is full
   */
  put(record: number, ids: readonly number[]): void {
    this.#check(record);
    if (ids.length >= LENGTHS) {
      throw new AttributionError(
        "record_too_long",
        `record ${record} has ${ids.length} tokens, at most ${LENGTHS - 1}`,
      );
    }
    const at = (this.#file.byteLength + this.#pendingBytes) / TOKEN_BYTES;
    for (const id of ids) {
      if (this.#pendingBytes === WRITTEN_TOGETHER) this.#flush();
      this.#pendingBytes = this.#pending.writeUInt32LE(id, this.#pendingBytes);
    }
    this.#spans[record] = at * LENGTHS + ids.length;
  }

  /** @throws AttributionError `invalid_request` for one that was not put */
  lengthOf(record: number): number {
    return this.#spanOf(record) % LENGTHS;
  }

  /** @throws AttributionError `invalid_request` for one that was not put, `search_failed` once it is closed */
  at(record: number): { readonly ids: readonly number[] } {
    const span = this.#spanOf(record);
    this.#flush();
    const count = span % LENGTHS;
    const bytes = Buffer.alloc(TOKEN_BYTES * count);
    this.#file.read(TOKEN_BYTES * Math.floor(span / LENGTHS), bytes);
    return { ids: Array.from({ length: count }, (_, i) => bytes.readUInt32LE(TOKEN_BYTES * i)) };
  }

  /** Its disk space is free again. */
  close(): void {
    this.#file.close();
  }

  #spanOf(record: number): number {
    this.#check(record);
    const span = this.#spans[record]!;
    if (span >= 0) return span;
    throw new AttributionError("invalid_request", `the tokens of record ${record} were not put yet`);
  }

  #check(record: number): void {
    if (Number.isInteger(record) && record >= 0 && record < this.length) return;
    throw new AttributionError("invalid_request", `there are ${this.length} records, asked for ${record}`);
  }

  #flush(): void {
    if (this.#pendingBytes === 0) return;
    this.#file.append(this.#pending.subarray(0, this.#pendingBytes));
    this.#pendingBytes = 0;
  }
}
