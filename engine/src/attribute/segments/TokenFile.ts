import { randomUUID } from "node:crypto";
import { closeSync, openSync, readSync, unlinkSync, writeSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { AttributionError } from "../errors.js";
import type { RecordTokens } from "./RecordTokens.js";

const TOKEN_BYTES = 4;
/** Above the most tokens of a record: a place in the file and a length are one exact number. */
const LENGTHS = 2 ** 12;
/** Bytes that are written together. */
const WRITTEN_TOGETHER = 2 ** 16;

/**
 * Tokens of records on disk, written in any order and read by record: of a version that no memory holds. The file has no name
 * once it is open, so that nothing is left of it when the process is killed.
 *
 * Memory: 8 bytes a record.
 */
export class TokenFile implements RecordTokens {
  /** `[length]`: place in tokens · 2^12 + count, or -1 where nothing was written yet. */
  readonly #spans: Float64Array;
  readonly #pending = Buffer.alloc(WRITTEN_TOGETHER);
  #pendingBytes = 0;
  /** Bytes in the file. */
  #written = 0;
  #isOpen = true;

  private constructor(
    private readonly file: number,
    readonly length: number,
  ) {
    this.#spans = new Float64Array(length).fill(-1);
  }

  /**
   * @param folder Made when missing
   * @param length Number of records
   */
  static async create(folder: string, length: number): Promise<TokenFile> {
    await mkdir(folder, { recursive: true });
    const path = join(folder, `tokens-${randomUUID()}`);
    const file = openSync(path, "wx+", 0o600);
    unlinkSync(path);
    return new TokenFile(file, length);
  }

  /** @throws AttributionError `invalid_request` for a record that there is not, `record_too_long`; RangeError when closed */
  put(record: number, ids: readonly number[]): void {
    this.#check(record);
    if (ids.length >= LENGTHS) {
      throw new AttributionError(
        "record_too_long",
        `record ${record} has ${ids.length} tokens, at most ${LENGTHS - 1}`,
      );
    }
    const at = (this.#written + this.#pendingBytes) / TOKEN_BYTES;
    for (const id of ids) {
      if (this.#pendingBytes === WRITTEN_TOGETHER) this.#flush();
      this.#pendingBytes = this.#pending.writeUInt32LE(id, this.#pendingBytes);
    }
    this.#spans[record] = at * LENGTHS + ids.length;
  }

  /** @throws AttributionError `invalid_request` for one that was not put; RangeError when closed */
  at(record: number): { readonly ids: readonly number[] } {
    this.#check(record);
    const span = this.#spans[record]!;
    if (span < 0) throw new AttributionError("invalid_request", `the tokens of record ${record} were not put yet`);
    this.#flush();
    const count = span % LENGTHS;
    const bytes = Buffer.alloc(TOKEN_BYTES * count);
    readWhole(this.file, bytes, TOKEN_BYTES * Math.floor(span / LENGTHS));
    return { ids: Array.from({ length: count }, (_, i) => bytes.readUInt32LE(TOKEN_BYTES * i)) };
  }

  /** Its disk space is free again. */
  close(): void {
    if (this.#isOpen) closeSync(this.file);
    this.#isOpen = false;
  }

  #check(record: number): void {
    if (!this.#isOpen) throw new RangeError("this file of tokens was closed");
    if (Number.isInteger(record) && record >= 0 && record < this.length) return;
    throw new AttributionError("invalid_request", `there are ${this.length} records, asked for ${record}`);
  }

  #flush(): void {
    if (this.#pendingBytes === 0) return;
    for (let done = 0; done < this.#pendingBytes; )
      done += writeSync(this.file, this.#pending, done, this.#pendingBytes - done, this.#written + done);
    this.#written += this.#pendingBytes;
    this.#pendingBytes = 0;
  }
}

function readWhole(file: number, into: Buffer, at: number): void {
  for (let done = 0; done < into.length; ) {
    const read = readSync(file, into, done, into.length - done, at + done);
    if (read === 0) throw new RangeError(`a file of tokens ends at byte ${at + done}`);
    done += read;
  }
}
