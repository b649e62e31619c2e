/**
 * Content-addressed blocks on disk: `<folder>/<first two digits>/<sha-256>`.
 *
 * A block appears whole or not at all (temporary file, fsync, rename, fsync of the folder), is never changed, and is
 * hashed again before each read: what the disk altered is reported, not served.
 */
import { createHash, randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { type BlockFiles, diskBlockFiles } from "./BlockFiles.js";
import { type ContentHash, contentIdOf } from "./contentId.js";
import { StoreError } from "./StoreError.js";

/** The largest block in bytes: 32 MiB. */
export const maxBlockBytes = 32 * 1024 * 1024;

export interface StoredBlock {
  readonly hash: ContentHash;
  readonly cid: string;
  readonly bytes: number;
}

/** A block whose bytes have been verified. `chunks` can be read once; `close` must be called. */
export interface OpenBlock {
  readonly bytes: number;
  chunks(): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

export class BlockStore {
  private constructor(
    private readonly folder: string,
    private readonly files: BlockFiles,
  ) {}

  /** Opens a folder, made when missing, and drops what an interrupted write left. */
  static async open(folder: string, files: BlockFiles = diskBlockFiles): Promise<BlockStore> {
    const store = new BlockStore(folder, files);
    await rm(store.#incoming, { recursive: true, force: true });
    await mkdir(store.#incoming, { recursive: true });
    return store;
  }

  /**
   * Stores the bytes; storing the same bytes again changes nothing, and heals a block the disk has altered.
   *
   * @throws StoreError `block_too_large` past 32 MiB, `empty_block`, `storage_full`.
   */
  async put(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<StoredBlock> {
    const temporary = join(this.#incoming, randomUUID());
    try {
      const { digest, bytes } = await this.#receive(temporary, chunks);
      const hex = digest.toString("hex");
      const folder = join(this.folder, hex.slice(0, 2));
      await mkdir(folder, { recursive: true });
      await rename(temporary, join(folder, hex));
      await syncFolder(folder);
      return { hash: `0x${hex}`, cid: contentIdOf(digest), bytes };
    } catch (error) {
      await rm(temporary, { force: true });
      throw isFull(error) ? storageFull(error) : error;
    }
  }

  /**
   * Opens a block after reading it through once.
   *
   * @throws StoreError `block_not_found`; `content_mismatch` naming the file and both hashes.
   */
  async openBlock(digest: Uint8Array): Promise<OpenBlock> {
    const hex = Buffer.from(digest).toString("hex");
    const path = join(this.folder, hex.slice(0, 2), hex);
    const file = await openExisting(path);
    if (file === undefined) throw notFound(digest);
    try {
      const found = createHash("sha256");
      let bytes = 0;
      for await (const chunk of chunksOf(file)) {
        found.update(chunk);
        bytes += chunk.length;
      }
      const foundHex = found.digest("hex");
      if (foundHex !== hex) throw mismatch(path, hex, foundHex);
      return { bytes, chunks: () => chunksOf(file), close: () => file.close() };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** The whole block in memory; @throws as `openBlock`. */
  async read(digest: Uint8Array): Promise<Uint8Array> {
    const block = await this.openBlock(digest);
    try {
      const parts: Uint8Array[] = [];
      for await (const chunk of block.chunks()) parts.push(chunk.slice());
      return new Uint8Array(Buffer.concat(parts));
    } finally {
      await block.close();
    }
  }

  /** How many blocks the folder holds. */
  async count(): Promise<number> {
    const folders = (await readdir(this.folder)).filter((name) => /^[0-9a-f]{2}$/.test(name));
    const names = await Promise.all(folders.map((name) => readdir(join(this.folder, name))));
    return names.flat().length;
  }

  get #incoming(): string {
    return join(this.folder, "incoming");
  }

  async #receive(
    path: string,
    chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): Promise<{ readonly digest: Buffer; readonly bytes: number }> {
    const hash = createHash("sha256");
    let bytes = 0;
    const file = await this.files.create(path);
    try {
      for await (const chunk of chunks) {
        bytes += chunk.length;
        if (bytes > maxBlockBytes) throw tooLarge();
        hash.update(chunk);
        await file.write(chunk);
      }
      if (bytes === 0)
        throw new StoreError("empty_block", "A block needs at least one byte; the body is empty.", false);
      await file.sync();
    } finally {
      await file.close();
    }
    return { digest: hash.digest(), bytes };
  }
}

export function tooLarge(): StoreError {
  return new StoreError(
    "block_too_large",
    `A block holds at most ${maxBlockBytes} bytes; the body is longer. Split the file.`,
    false,
  );
}

async function* chunksOf(file: FileHandle): AsyncIterable<Uint8Array> {
  const buffer = new Uint8Array(256 * 1024);
  let position = 0;
  while (true) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    // A copy: the consumer may keep a chunk past the next read.
    yield buffer.slice(0, bytesRead);
  }
}

async function openExisting(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, "r");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** The new name itself must survive a power cut, not only the bytes. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function notFound(digest: Uint8Array): StoreError {
  const cid = contentIdOf(digest);
  return new StoreError("block_not_found", `This store holds no block ${cid}.`, true);
}

function mismatch(path: string, expected: string, found: string): StoreError {
  return new StoreError(
    "content_mismatch",
    `The file ${path} should have sha-256 0x${expected} and has 0x${found}: the disk altered it. ` +
      "Store the original bytes again to heal it.",
    false,
  );
}

function storageFull(cause: unknown): StoreError {
  return new StoreError(
    "storage_full",
    "The disk of the store is full: nothing was stored. Free space and try again.",
    true,
    { cause },
  );
}

function isFull(error: unknown): boolean {
  return codeOf(error) === "ENOSPC" || codeOf(error) === "EDQUOT";
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
