/** The indexes that this runner has open, in folders named by their index file's hash. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fetchIndex, indexFileBytes, type SegmentIndex } from "@openledger/engine";
import type { ContentClient, IndexFile } from "@openledger/sdk";
import type { Hex } from "viem";
import { ModelUnusable } from "./ModelUnusable.js";

export class IndexShelf {
  readonly #open = new Set<SegmentIndex>();
  /** What is fetched now, by index file: two Datanets may have committed one. */
  readonly #turns = new Map<Hex, Promise<unknown>>();
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
      );
    }
    this.#bytes += bytes;
    try {
      const index = await this.#inTurn(dataHash, file);
      this.#open.add(index);
      return index;
    } catch (error) {
      this.#bytes -= bytes;
      throw error;
    }
  }

  /** Removes what was fetched of an index; none that is open. */
  async remove(dataHash: Hex): Promise<void> {
    await rm(join(this.folder, dataHash.slice(2)), { recursive: true, force: true });
  }

  /** Closes the files of all indexes, once nothing is being fetched. */
  async close(): Promise<void> {
    await Promise.all(this.#turns.values());
    for (const index of this.#open) index.close();
    this.#open.clear();
  }

  /** One at a time writes to a folder. */
  #inTurn(dataHash: Hex, file: IndexFile): Promise<SegmentIndex> {
    const { content, signal } = this;
    const path = join(this.folder, dataHash.slice(2));
    const before = this.#turns.get(dataHash) ?? Promise.resolve();
    const fetched = before.then(() => fetchIndex(path, file, content, { signal }));
    const ended = fetched
      .catch(() => undefined)
      .then(() => {
        if (this.#turns.get(dataHash) === ended) this.#turns.delete(dataHash);
      });
    this.#turns.set(dataHash, ended);
    return fetched;
  }
}
