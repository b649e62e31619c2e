/** The indexes that this runner has open, in folders named by their index file's hash. */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { AttributionError, fetchIndex, indexFileBytes, removeIndex, type SegmentIndex } from "@openledger/engine";
import type { ContentClient, IndexFile } from "@openledger/sdk";
import type { Hex } from "viem";
import { ModelUnusable } from "./ModelUnusable.js";

interface OpenIndex {
  readonly dataHash: Hex;
  readonly bytes: number;
}

export class IndexShelf {
  readonly #open = new Map<SegmentIndex, OpenIndex>();
  /** What is fetched or removed now, by index file: two Datanets may have committed one. */
  readonly #turns = new Map<Hex, Promise<unknown>>();
  /** The part that ended a fetch, by index file: before it comes, all that is there need not be hashed again. */
  readonly #missing = new Map<Hex, Hex>();
  /** Bytes of all indexes that are open or being fetched. */
  #bytes = 0;

  /** @param limit Most bytes of all indexes together. @param signal Ends what is being fetched. */
  constructor(
    private readonly folder: string,
    private readonly content: Pick<ContentClient, "get">,
    private readonly limit: number,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * The index that a file lists, fetched as far as it is not there, its roots checked once.
   *
   * @throws ModelUnusable when there is no room for it; those of `fetchIndex`
   */
  async fetch(dataHash: Hex, file: IndexFile): Promise<SegmentIndex> {
    const bytes = indexFileBytes(file);
    if (this.#bytes + bytes > this.limit) {
      throw new ModelUnusable(
        `Its index takes ${bytes} bytes; this runner keeps ${this.limit} of indexes and has ${this.#bytes}. Raise ` +
          "MAXIMUM_INDEX_MIB to serve it.",
        { waitsFor: "room" },
      );
    }
    this.#bytes += bytes;
    try {
      const { signal } = this;
      return await this.#inTurn(dataHash, async () => {
        const source = this.#sourceOf(dataHash);
        const missing = this.#missing.get(dataHash);
        if (missing !== undefined) await source.get(missing, { signal });
        const index = await fetchIndex(this.#path(dataHash), file, source, { signal });
        this.#open.set(index, { dataHash, bytes });
        return index;
      });
    } catch (error) {
      this.#bytes -= bytes;
      throw error;
    }
  }

  /** Closes an index, whose bytes others may take; its folder stays. */
  release(index: SegmentIndex): void {
    const open = this.#open.get(index);
    if (open === undefined) return;
    this.#open.delete(index);
    this.#bytes -= open.bytes;
    index.close();
  }

  /** Removes what was fetched of an index; none that is open. */
  async remove(dataHash: Hex): Promise<void> {
    await rm(this.#path(dataHash), { recursive: true, force: true });
  }

  /**
   * Removes the folders of indexes that nobody wants any more: none that is open, being fetched, or written by another process.
   *
   * @param wanted Tells the index files whose folders stay; not asked where there are no others than open ones
   * @throws what `wanted` throws; what keeps the system from removing a folder
   */
  async sweep(wanted: () => Promise<ReadonlySet<Hex>>): Promise<void> {
    const names = await readdir(this.folder).catch(noneYet);
    const found = names.filter((name) => /^[0-9a-f]{64}(\.removed)?$/.test(name)).map((name) => hashOf(name));
    const idle = [...new Set(found)].filter((dataHash) => !this.#isUsed(dataHash));
    if (idle.length === 0) return;
    const stays = await wanted();
    for (const dataHash of idle) {
      // it may have been asked for meanwhile
      if (stays.has(dataHash) || this.#isUsed(dataHash)) continue;
      await this.#inTurn(dataHash, () => removeIndex(this.#path(dataHash)).catch(leaveToOthers));
    }
  }

  /** Closes the files of all indexes, once nothing is being fetched. */
  async close(): Promise<void> {
    await Promise.all(this.#turns.values());
    for (const index of [...this.#open.keys()]) this.release(index);
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
    return this.#turns.has(dataHash) || [...this.#open.values()].some((open) => open.dataHash === dataHash);
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

function hashOf(name: string): Hex {
  return `0x${name.slice(0, 64)}`;
}

function leaveToOthers(error: unknown): void {
  if (error instanceof AttributionError && error.code === "index_locked") return;
  throw error;
}

function noneYet(error: NodeJS.ErrnoException): string[] {
  if (error.code === "ENOENT") return [];
  throw error;
}
