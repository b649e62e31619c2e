import { getHeld } from "@openledger/sdk";
import type { Hex } from "viem";
import type { FileCache } from "./FileCache.js";
import { sha256 } from "./sha256.js";

/** What `getHeld` got. */
export interface HeldFile {
  readonly bytes: Uint8Array;
  /** SHA-256 of the bytes. */
  readonly hash: Hex;
  /** What may change what the file says; undefined where the chain names this very file, which says it for ever. */
  readonly waitsFor: string | undefined;
}

/**
 * A file that the chain names or, where it was erased, what stands for it.
 *
 * @throws those of `getHeld`
 */
export async function heldFile(files: Pick<FileCache, "get">, dataHash: Hex): Promise<HeldFile> {
  const bytes = await getHeld(files, dataHash);
  const hash = await sha256(bytes);
  const waitsFor = hash === dataHash ? undefined : `another file in the place of the erased ${dataHash}`;
  return { bytes, hash, waitsFor };
}
