/** The indexes that this runner has open, in folders named by their index file's hash. */
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { AttributionError, fetchIndex, indexFileBytes, removeIndex, type SegmentIndex } from "@openledger/engine";
import type { ContentClient, IndexFile } from "@openledger/sdk";
import type { Hex } from "viem";
import { ModelUnusable } from "./ModelUnusable.js";

const REMOVED = ".removed";

export class IndexShelf {
  /** Their index files. */
  readonly #open = new Map<SegmentIndex, Hex>();
  /** What is fetched or removed now, by index file: two Datanets may have committed one. */
  readonly #turns = new Map<Hex, Promise<unknown>>();
  /** The part that ended a fetch, by index file: before it comes, all that is there need not be hashed again. */
  readonly #missing = new Map<Hex, Hex>();
  /** Whose room is being taken, or which are fetched. */
  readonly #fetching = new Set<Hex>();
  /** Bytes of indexes that are open or being fetched, by index file: each has one folder. */
  readonly #bytes = new Map<Hex, number>();
  /** One at a time takes room. */
  #taking: Promise<unknown> = Promise.resolve();

  /** @param limit Most bytes of all indexes together, on disk. @param signal Ends what is being fetched. */
  constructor(
    private readonly folder: string,
    private readonly content: Pick<ContentClient, "get">,
    private readonly limit: number,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * The index that a file lists, fetched as far as it is not there, its roots checked once. Where there is no room for it, others
   * make room that are neither open nor being fetched.
   *
   * @throws ModelUnusable when there is no room for it; those of `fetchIndex`
   */
  async fetch(dataHash: Hex, file: IndexFile): Promise<SegmentIndex> {
    return this.#inTurn(dataHash, async () => {
      const { signal } = this;
      const source = this.#sourceOf(dataHash);
      const missing = this.#missing.get(dataHash);
      if (missing !== undefined) await source.get(missing, { signal });
      this.#fetching.add(dataHash);
      try {
        await this.#takeRoom(dataHash, indexFileBytes(file));
        const index = await fetchIndex(this.#path(dataHash), file, source, { signal });
        this.#open.set(index, dataHash);
        return index;
      } finally {
        this.#fetching.delete(dataHash);
        this.#giveRoom(dataHash);
      }
    });
  }

  /** Closes an index; its folder stays until others want its room. */
  release(index: SegmentIndex): void {
    const dataHash = this.#open.get(index);
    if (dataHash === undefined) return;
    this.#open.delete(index);
    this.#giveRoom(dataHash);
    index.close();
  }

  /** Removes what was fetched of an index, also what an earlier removal left; none that is open. */
  async remove(dataHash: Hex): Promise<void> {
    const path = this.#path(dataHash);
    for (const one of [path, path + REMOVED]) await rm(one, { recursive: true, force: true });
  }

  /**
   * Removes the folders of indexes that nobody wants any more: none that is open, being fetched, or written by another process; and
   * what is left of removals that were cut short.
   *
   * @param wanted Tells the index files whose folders stay; not asked where there are no others than open ones
   * @throws what `wanted` throws; what keeps the system from removing a folder
   */
  async sweep(wanted: () => Promise<ReadonlySet<Hex>>): Promise<void> {
    const idle = (await this.#folders()).filter((dataHash) => !this.#isUsed(dataHash));
    if (idle.length === 0) return;
    const stays = await wanted();
    for (const dataHash of idle) if (!stays.has(dataHash)) await this.#removeIdle(dataHash);
  }

  /** Closes the files of all indexes, once nothing is being fetched. */
  async close(): Promise<void> {
    await Promise.all(this.#turns.values());
    for (const index of [...this.#open.keys()]) this.release(index);
  }

  /** Room for an index of so many bytes: folders that are neither open nor being fetched go, the largest first. */
  #takeRoom(dataHash: Hex, bytes: number): Promise<void> {
    const taken = this.#taking.then(async () => {
      const idle: { readonly folder: Hex; readonly size: number }[] = [];
      let used = 0;
      for (const [other, those] of this.#bytes) if (other !== dataHash) used += those;
      for (const folder of await this.#folders()) {
        if (folder === dataHash || this.#bytes.has(folder)) continue;
        const size = await folderBytes(this.#path(folder));
        used += size;
        if (!this.#isUsed(folder)) idle.push({ folder, size });
      }
      const least = idle.reduce((left, { size }) => left - size, used);
      if (least + bytes > this.limit) throw this.#full(bytes, least);
      for (const { folder, size } of idle.sort((a, b) => b.size - a.size)) {
        if (used + bytes <= this.limit) break;
        if (await this.#removeIdle(folder)) used -= size;
      }
      if (used + bytes > this.limit) throw this.#full(bytes, used);
      this.#bytes.set(dataHash, bytes);
    });
    this.#taking = taken.catch(() => undefined);
    return taken;
  }

  #full(bytes: number, used: number): ModelUnusable {
    return new ModelUnusable(
      `Its index takes ${bytes} bytes; this runner keeps ${this.limit} of indexes and has ${used} of others. Raise ` +
        "MAXIMUM_INDEX_MIB to serve it.",
      { waitsFor: "room" },
    );
  }

  /** Of an index that is neither open nor being fetched: what it leaves on disk is looked at when others take room. */
  #giveRoom(dataHash: Hex): void {
    if (!this.#fetching.has(dataHash) && !this.#isOpen(dataHash)) this.#bytes.delete(dataHash);
  }

  /** Indexes that have folders; what is left of removals is removed, and one that goes on does not mind. */
  async #folders(): Promise<readonly Hex[]> {
    const names = await readdir(this.folder).catch(noneYet);
    const own = names.filter((name) => /^[0-9a-f]{64}(\.removed)?$/.test(name));
    for (const name of own) {
      if (name.endsWith(REMOVED)) await rm(join(this.folder, name), { recursive: true, force: true });
    }
    return own.filter((name) => !name.endsWith(REMOVED)).map((name): Hex => `0x${name}`);
  }

  /** @returns Whether it is gone: it may have been asked for meanwhile, and another process may write to it */
  async #removeIdle(dataHash: Hex): Promise<boolean> {
    if (this.#isUsed(dataHash)) return false;
    return this.#inTurn(dataHash, () => removeIndex(this.#path(dataHash)).then(() => true, leaveToOthers));
  }

  #sourceOf(dataHash: Hex): Pick<ContentClient, "get"> {
    return {
      get: async (part, options) => {
        try {
          const bytes = await this.content.get(part, options);
          this.#missing.delete(dataHash);
          return bytes;
        } catch (error) {
          this.#missing.set(dataHash, part);
          throw error;
        }
      },
    };
  }

  #isUsed(dataHash: Hex): boolean {
    return this.#turns.has(dataHash) || this.#isOpen(dataHash);
  }

  #isOpen(dataHash: Hex): boolean {
    return [...this.#open.values()].includes(dataHash);
  }

  /** One at a time writes to a folder. */
  #inTurn<T>(dataHash: Hex, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(dataHash) ?? Promise.resolve();
    const done = before.then(work);
    const ended = done
      .catch(() => undefined)
      .then(() => {
        if (this.#turns.get(dataHash) === ended) this.#turns.delete(dataHash);
      });
    this.#turns.set(dataHash, ended);
    return done;
  }

  #path(dataHash: Hex): string {
    return join(this.folder, dataHash.slice(2));
  }
}

/** Bytes of its files: an index's folder has no folders. */
async function folderBytes(folder: string): Promise<number> {
  const names = await readdir(folder).catch(noneYet);
  const sizes = names.map((name) => stat(join(folder, name)).then(({ size }) => size, noBytes));
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

function noBytes(error: NodeJS.ErrnoException): number {
  if (error.code === "ENOENT") return 0;
  throw error;
}

function leaveToOthers(error: unknown): false {
  if (error instanceof AttributionError && error.code === "index_locked") return false;
  throw error;
}

function noneYet(error: NodeJS.ErrnoException): string[] {
  if (error.code === "ENOENT") return [];
  throw error;
}
