/**
 * Content-addressed blocks on disk: `<folder>/<first two digits>/<sha-256>`.
 *
 * A block appears whole or not at all (temporary file, fsync, rename, fsync of the folder), is never changed, and is
 * hashed again before each read: what the disk altered is reported, not served.
 *
 * An erased block leaves a tombstone, `<sha-256>.erased`, which is on the disk before the block's file is removed. From then on
 * the block is neither served nor stored again, whatever a crash leaves; opening the folder finishes what was cut short.
 */
import { createHash, randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, rm, stat, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { BlockErasedError } from "./BlockErasedError.js";
import { type BlockFiles, diskBlockFiles } from "./BlockFiles.js";
import { type ContentHash, contentIdOf } from "./contentId.js";
import { fileErrorCode } from "./fileErrorCode.js";
import { OneAtATime } from "./OneAtATime.js";
import { StoreError } from "./StoreError.js";
import { encodeTombstone, readTombstone, type Tombstone, tombstoneSuffix } from "./Tombstone.js";

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
  /** Of two erasures of a block the first counts, and so must have ended. */
  readonly #erasing = new OneAtATime();

  private constructor(
    private readonly folder: string,
    private readonly files: BlockFiles,
  ) {}

  /** Opens a folder, made when missing, drops what an interrupted write left and removes what was erased. */
  static async open(folder: string, files: BlockFiles = diskBlockFiles): Promise<BlockStore> {
    const store = new BlockStore(folder, files);
    await rm(store.#incoming, { recursive: true, force: true });
    await mkdir(store.#incoming, { recursive: true });
    await store.#removeErased();
    return store;
  }

  /**
   * Stores the bytes; storing the same bytes again changes nothing, and heals a block the disk has altered.
   *
   * @throws StoreError `block_too_large` past 32 MiB, `empty_block`, `storage_full`; BlockErasedError.
   */
  async put(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<StoredBlock> {
    const temporary = join(this.#incoming, randomUUID());
    try {
      const { digest, bytes } = await this.#receive(temporary, chunks);
      await this.#assertNotErased(digest);
      await this.#place(temporary, this.#pathOf(digest));
      try {
        // Erased meanwhile: its tombstone came before the old file went, and may have come before this one.
        await this.#assertNotErased(digest);
      } catch (error) {
        // What else keeps a tombstone from being read is no reason to lose a block.
        if (error instanceof BlockErasedError) await this.#remove(this.#pathOf(digest));
        throw error;
      }
      return { hash: `0x${digest.toString("hex")}`, cid: contentIdOf(digest), bytes };
    } catch (error) {
      await rm(temporary, { force: true });
      throw isFull(error) ? storageFull(error) : error;
    }
  }

  /**
   * Erases a block, held or not: its file goes, and its bytes are not taken again. A block that was erased before stays as it is.
   *
   * Warning: cannot be undone. Who reads it at this moment reads it to its end.
   *
   * @param replacement SHA-256 of a block that this store holds, not of the erased one; none: nothing stands for it.
   * @returns What stands there: of an earlier erasure where there was one.
   * @throws StoreError `bad_request` for a replacement that is not held; `storage_full`, and the block is still served.
   */
  erase(digest: Uint8Array, replacement?: Uint8Array): Promise<Tombstone> {
    return this.#erasing.run(async () => {
      const before = await this.tombstone(digest);
      const tombstone = before ?? { replacement: await this.#held(digest, replacement) };
      if (before === undefined) await this.#writeTombstone(digest, tombstone);
      await this.#remove(this.#pathOf(digest));
      return tombstone;
    });
  }

  /** What was left in the place of an erased block; undefined of one that was not. */
  tombstone(digest: Uint8Array): Promise<Tombstone | undefined> {
    return readTombstone(this.#tombstoneOf(digest));
  }

  /**
   * What stands for a block now: itself, or the last that replaced it; undefined where that was erased too.
   *
   * A block that was replaced again and again is told by one tombstone after this, so that readers need not follow them all.
   */
  standing(digest: Uint8Array): Promise<Uint8Array | undefined> {
    return this.#erasing.run(async () => {
      const first = await this.tombstone(digest);
      let last = first;
      let standing = digest;
      // No circle: a replacement was held when it became one, and what was erased is never held again.
      while (last?.replacement !== undefined) {
        standing = Buffer.from(last.replacement.slice(2), "hex");
        last = await this.tombstone(standing);
      }
      if (last !== undefined) return undefined;
      const replacement: ContentHash = `0x${Buffer.from(standing).toString("hex")}`;
      if (first !== undefined && first.replacement !== replacement) {
        await this.#writeTombstone(digest, { replacement });
      }
      return standing;
    });
  }

  /**
   * Opens a block after reading it through once.
   *
   * @throws StoreError `block_not_found`; `content_mismatch` naming the file and both hashes; BlockErasedError.
   */
  async openBlock(digest: Uint8Array): Promise<OpenBlock> {
    await this.#assertNotErased(digest);
    const hex = Buffer.from(digest).toString("hex");
    const path = this.#pathOf(digest);
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

  /**
   * How many bytes a block has, by its file alone: whether they are the right ones only reading them tells.
   *
   * @throws StoreError `block_not_found`; BlockErasedError.
   */
  async size(digest: Uint8Array): Promise<number> {
    await this.#assertNotErased(digest);
    try {
      return (await stat(this.#pathOf(digest))).size;
    } catch (error) {
      if (fileErrorCode(error) === "ENOENT") throw notFound(digest);
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
    return (await this.#names()).filter(({ name }) => !name.endsWith(tombstoneSuffix)).length;
  }

  get #incoming(): string {
    return join(this.folder, "incoming");
  }

  #pathOf(digest: Uint8Array): string {
    const hex = Buffer.from(digest).toString("hex");
    return join(this.folder, hex.slice(0, 2), hex);
  }

  #tombstoneOf(digest: Uint8Array): string {
    return `${this.#pathOf(digest)}${tombstoneSuffix}`;
  }

  async #names(): Promise<{ readonly folder: string; readonly name: string }[]> {
    const folders = (await readdir(this.folder))
      .filter((name) => /^[0-9a-f]{2}$/.test(name))
      .map((name) => join(this.folder, name));
    const names = await Promise.all(folders.map(async (folder) => ({ folder, names: await readdir(folder) })));
    return names.flatMap(({ folder, names: inside }) => inside.map((name) => ({ folder, name })));
  }

  /** A file gets its name once it is whole, and keeps it through a power cut. */
  async #place(temporary: string, path: string): Promise<void> {
    if ((await mkdir(dirname(path), { recursive: true })) !== undefined) await syncFolder(this.folder);
    await this.files.rename(temporary, path);
    await syncFolder(dirname(path));
  }

  async #remove(path: string): Promise<void> {
    try {
      await unlink(path);
    } catch (error) {
      if (fileErrorCode(error) === "ENOENT") return;
      throw error;
    }
    await syncFolder(dirname(path));
  }

  /** An erasure that a crash cut short has left its tombstone and the block's file. */
  async #removeErased(): Promise<void> {
    for (const { folder, name } of await this.#names()) {
      if (name.endsWith(tombstoneSuffix)) await this.#remove(join(folder, name.slice(0, -tombstoneSuffix.length)));
    }
  }

  async #writeTombstone(digest: Uint8Array, tombstone: Tombstone): Promise<void> {
    const temporary = join(this.#incoming, randomUUID());
    try {
      const file = await this.files.create(temporary);
      try {
        await file.write(encodeTombstone(tombstone));
        await file.sync();
      } finally {
        await file.close();
      }
      await this.#place(temporary, this.#tombstoneOf(digest));
    } catch (error) {
      await rm(temporary, { force: true });
      throw isFull(error) ? storageFull(error) : error;
    }
  }

  async #assertNotErased(digest: Uint8Array): Promise<void> {
    const tombstone = await this.tombstone(digest);
    if (tombstone !== undefined) throw new BlockErasedError(contentIdOf(digest), tombstone.replacement);
  }

  /** @throws StoreError `bad_request` unless the replacement can stand for the block */
  async #held(digest: Uint8Array, replacement: Uint8Array | undefined): Promise<ContentHash | undefined> {
    if (replacement === undefined) return undefined;
    const hash: ContentHash = `0x${Buffer.from(replacement).toString("hex")}`;
    if (Buffer.from(digest).equals(replacement)) {
      throw new StoreError("bad_request", `Block ${hash} cannot stand for itself: name another one, or none.`, false);
    }
    try {
      await (await this.openBlock(replacement)).close();
    } catch (cause) {
      if (!(cause instanceof StoreError)) throw cause;
      const message = `${hash} was to stand for an erased block: ${cause.message} Store it first, or name another one.`;
      throw new StoreError("bad_request", message, false, { cause });
    }
    return hash;
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
    if (fileErrorCode(error) === "ENOENT") return undefined;
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
  return fileErrorCode(error) === "ENOSPC" || fileErrorCode(error) === "EDQUOT";
}
