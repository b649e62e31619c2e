/**
 * Files of a folder by their content. A file appears whole or not at all (temporary file, fsync, rename); one that is read is
 * hashed, whole, before a byte of it is believed.
 *
 * Reading blocks the thread: tables are asked for where nothing can wait.
 */
import { createHash, type Hash, randomUUID } from "node:crypto";
import { type BigIntStats, closeSync, fstatSync, openSync, readSync } from "node:fs";
import { mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Hex } from "../../attribute/hex.js";
import { ExactError } from "../errors.js";
import type { ContentFile } from "./programIndex.js";

const INCOMING = ".incoming";
const CHUNK_BYTES = 2 ** 20;

/** A file's name in its folder, and what it must be. */
export type ExpectedFile = ContentFile & { readonly name: string };

export class ContentFolder {
  /** What the system said of a file when it was hashed last: while that stays, so does the content. */
  private readonly hashed = new Map<string, string>();

  constructor(readonly path: string) {}

  /** Makes the folder when missing, and drops what an interrupted writer left. One writer at a time. */
  async prepare(): Promise<void> {
    await mkdir(this.path, { recursive: true });
    for (const name of await readdir(this.path)) {
      if (name.endsWith(INCOMING)) await rm(join(this.path, name), { force: true });
    }
  }

  /** Writes a file whole under its name, over what is there. The name survives a power cut after `settle`. */
  async write(name: string, bytes: Uint8Array): Promise<void> {
    const temporary = join(this.path, `${randomUUID()}${INCOMING}`);
    try {
      const file = await open(temporary, "wx", 0o644);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, join(this.path, name));
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  /** Resolves when all names are on the disk. */
  async settle(): Promise<void> {
    const folder = await open(this.path, "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }

  /** Whether the file is there with this content. */
  holds(file: ExpectedFile): boolean {
    try {
      this.check(file);
      return true;
    } catch (error) {
      if (error instanceof ExactError) return false;
      throw error;
    }
  }

  /**
   * Reads a whole file into memory that is exactly its size.
   * @throws ExactError `file_missing`; `file_altered` naming the file, the hash that is expected and the one found.
   */
  readInto(file: ExpectedFile, memory: Uint8Array): void {
    this.opened(file, (descriptor, state) => {
      if (state.size === BigInt(memory.length)) readFully(descriptor, memory, 0);
      const found = state.size === BigInt(memory.length) ? digestOf(memory) : hashOf(descriptor);
      this.require(file, found, state);
    });
  }

  /**
   * Reads bytes from `position` on, after hashing the whole file where it is new or was touched since.
   * @throws ExactError as `readInto`.
   */
  readRange(file: ExpectedFile, position: number, memory: Uint8Array): void {
    this.opened(file, (descriptor, state) => {
      if (this.hashed.get(file.name) !== stamp(file, state)) this.require(file, hashOf(descriptor), state);
      readFully(descriptor, memory, position);
    });
  }

  /** Bytes of a file whose content nothing says. @throws ExactError `file_missing` */
  readAny(name: string, most: number): Uint8Array {
    return this.opened({ name }, (descriptor, { size }) => {
      if (size > BigInt(most)) {
        throw new ExactError("file_altered", `${join(this.path, name)} has ${size} bytes; ${most} are the limit.`);
      }
      const bytes = new Uint8Array(Number(size));
      readFully(descriptor, bytes, 0);
      return bytes;
    });
  }

  private check(file: ExpectedFile): void {
    this.opened(file, (descriptor, state) => this.require(file, hashOf(descriptor), state));
  }

  private require(file: ExpectedFile, found: Hex, state: BigIntStats): void {
    if (found !== file.hash || state.size !== BigInt(file.bytes)) {
      throw new ExactError(
        "file_altered",
        `${join(this.path, file.name)}: expected ${file.bytes} bytes of sha-256 ${file.hash}, found ${state.size} of ${found}; write the program again.`,
      );
    }
    this.hashed.set(file.name, stamp(file, state));
  }

  private opened<T>({ name }: { readonly name: string }, use: (descriptor: number, state: BigIntStats) => T): T {
    const path = join(this.path, name);
    let descriptor: number;
    try {
      descriptor = openSync(path, "r");
    } catch (cause) {
      throw new ExactError("file_missing", `${path} cannot be opened; write the program again.`, { cause });
    }
    try {
      const state = fstatSync(descriptor, { bigint: true });
      // A device has no end.
      if (!state.isFile()) throw new ExactError("file_missing", `${path} is no file; write the program again.`);
      return use(descriptor, state);
    } finally {
      closeSync(descriptor);
    }
  }
}

/** As sdk's `contentHash`, many times faster. */
export function digestOf(bytes: Uint8Array): Hex {
  return hexOf(createHash("sha256").update(bytes));
}

function hashOf(descriptor: number): Hex {
  const hash = createHash("sha256");
  const chunk = new Uint8Array(CHUNK_BYTES);
  for (let position = 0; ; ) {
    const read = readSync(descriptor, chunk, 0, chunk.length, position);
    if (read === 0) return hexOf(hash);
    hash.update(chunk.subarray(0, read));
    position += read;
  }
}

function hexOf(hash: Hash): Hex {
  return `0x${hash.digest("hex")}`;
}

function stamp({ hash }: ContentFile, { ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${hash} ${ino} ${size} ${mtimeNs} ${ctimeNs}`;
}

/** Reads until the memory is full. */
function readFully(descriptor: number, memory: Uint8Array, position: number): void {
  for (let at = 0; at < memory.length; ) {
    const read = readSync(descriptor, memory, at, memory.length - at, position + at);
    if (read === 0) throw new ExactError("file_altered", `A file ended at ${position + at} while it was read.`);
    at += read;
  }
}
