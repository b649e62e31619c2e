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
   * Removes what the content store has erased since: this node shall not be where it goes on.
   *
   * @returns The files' hashes
   * @throws ContentUnavailableError while the store cannot be asked; the signal's reason
   */
  async dropErased(options: { readonly signal?: AbortSignal } = {}): Promise<Hex[]> {
    const dropped: Hex[] = [];
    for (const name of await readdir(this.folder).catch(() => [])) {
      const hash: Hex = `0x${name}`;
      if (!/^0x[0-9a-f]{64}$/.test(hash) || !(await this.client.isErased(hash, options))) continue;
      await rm(join(this.folder, name), { force: true });
      dropped.push(hash);
    }
    return dropped;
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
