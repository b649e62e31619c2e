/**
 * Files of the content store, kept on disk by their SHA-256; what the disk altered is fetched again. Beside a file may lie what was
 * made of it, behind the SHA-256 of that.
 */
import { randomUUID } from "node:crypto";
import { access, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ContentClient } from "@openledger/sdk";
import type { Hex } from "viem";
import { sha256 } from "./sha256.js";

/** Behind the name of the file that it was made of. */
const MADE = ".made";
const DIGEST_BYTES = 32;

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
    if (/^[0-9a-f]{64}(\.made)?\.[0-9a-f-]{36}$/.test(name)) return true;
    if (/^[0-9a-f]{64}\.made$/.test(name)) return !(await exists(join(this.folder, name.slice(0, -MADE.length))));
    const hash: Hex = `0x${name}`;
    if (!/^0x[0-9a-f]{64}$/.test(hash)) return false;
    if (!(await this.client.isErased(hash, signal === undefined ? {} : { signal }))) return false;
    await drop(hash);
    await rm(`${this.#path(hash)}${MADE}`, { force: true });
    return true;
  }

  /**
   * @param signal Ends the wait for the store
   * @throws ContentUnavailableError, ContentErasedError, ContentMismatchError; the signal's reason
   */
  async get(hash: Hex, { signal }: { readonly signal?: AbortSignal } = {}): Promise<Uint8Array> {
    const kept = await readFile(this.#path(hash)).catch(() => undefined);
    if (kept !== undefined && (await sha256(kept)) === hash.toLowerCase()) return kept;

    const bytes = await this.client.get(hash, signal === undefined ? {} : { signal });
    await this.#write(this.#path(hash), bytes);
    return bytes;
  }

  /** What was made of a file and kept; undefined for nothing, and for what the disk has altered. */
  async getMade(hash: Hex): Promise<Uint8Array | undefined> {
    const kept = await readFile(`${this.#path(hash)}${MADE}`).catch(() => undefined);
    if (kept === undefined) return undefined;
    const made = kept.subarray(DIGEST_BYTES);
    return (await sha256(made)) === `0x${kept.toString("hex", 0, DIGEST_BYTES)}` ? made : undefined;
  }

  /** Keeps what was made of a file, as long as the file. */
  async keepMade(hash: Hex, made: Uint8Array): Promise<void> {
    const digest = Buffer.from((await sha256(made)).slice(2), "hex");
    await this.#write(`${this.#path(hash)}${MADE}`, Buffer.concat([digest, made]));
  }

  async #write(path: string, bytes: Uint8Array): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    const temporary = `${path}.${randomUUID()}`;
    try {
      await writeFile(temporary, bytes);
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  #path(hash: Hex): string {
    return join(this.folder, hash.slice(2).toLowerCase());
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function noneYet(error: NodeJS.ErrnoException): string[] {
  if (error.code === "ENOENT") return [];
  throw error;
}
