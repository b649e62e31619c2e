/** Files of the content store, kept on disk by their SHA-256; what the disk altered is fetched again. */
import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ContentClient, contentHash } from "@openledger/sdk";
import type { Hex } from "viem";

export class FileCache {
  constructor(
    private readonly folder: string,
    private readonly client: Pick<ContentClient, "get" | "isErased">,
  ) {}

  /**
   * Removes what the content store has erased since, and what a killed process left half-written: this node shall not be where it
   * goes on. A file that cannot be asked about keeps none of the others.
   *
   * @param drop Removes what was made of a file, before the file goes: it is asked again else
   * @throws the first failure, once all are through; the signal's reason
   */
  async dropErased(
    drop: (hash: Hex) => Promise<void>,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<void> {
    const failures: unknown[] = [];
    for (const name of await readdir(this.folder).catch(noneYet)) {
      signal?.throwIfAborted();
      try {
        if (await this.#isOver(name, drop, signal)) await rm(join(this.folder, name), { force: true });
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  async #isOver(name: string, drop: (hash: Hex) => Promise<void>, signal: AbortSignal | undefined): Promise<boolean> {
    if (/^[0-9a-f]{64}\.[0-9a-f-]{36}$/.test(name)) return true;
    const hash: Hex = `0x${name}`;
    if (!/^0x[0-9a-f]{64}$/.test(hash)) return false;
    if (!(await this.client.isErased(hash, signal === undefined ? {} : { signal }))) return false;
    await drop(hash);
    return true;
  }

  /** @throws ContentUnavailableError, ContentMismatchError */
  async get(hash: Hex): Promise<Uint8Array> {
    const path = join(this.folder, hash.slice(2).toLowerCase());
    const kept = await readFile(path).catch(() => undefined);
    if (kept !== undefined && contentHash(kept) === hash.toLowerCase()) return kept;

    const bytes = await this.client.get(hash);
    await mkdir(this.folder, { recursive: true });
    const temporary = `${path}.${randomUUID()}`;
    try {
      await writeFile(temporary, bytes);
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    return bytes;
  }
}

function noneYet(error: NodeJS.ErrnoException): string[] {
  if (error.code === "ENOENT") return [];
  throw error;
}
