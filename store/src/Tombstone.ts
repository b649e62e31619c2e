/** What stands at the place of an erased block: a file of its own beside the block's, `<sha-256>.erased`. */
import { readFile } from "node:fs/promises";
import type { ContentHash } from "./contentId.js";
import { fileErrorCode } from "./fileErrorCode.js";

export interface Tombstone {
  /** The block that stands for it; undefined where none does. */
  readonly replacement: ContentHash | undefined;
}

/** Behind the name of a block's file. */
export const tombstoneSuffix = ".erased";

export function encodeTombstone({ replacement }: Tombstone): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ replacement }));
}

/**
 * Undefined where there is none. One that cannot be read, or is not whole, has no replacement: it is better to lose what stood for
 * a block than to serve what was erased.
 *
 * @throws where the process has too many files open, which says nothing about this one
 */
export async function readTombstone(path: string): Promise<Tombstone | undefined> {
  try {
    const { replacement } = JSON.parse(await readFile(path, "utf8")) as { readonly replacement?: unknown };
    return { replacement: isHash(replacement) ? replacement : undefined };
  } catch (error) {
    const code = fileErrorCode(error);
    if (code === "ENOENT") return undefined;
    if (code === "EMFILE" || code === "ENFILE") throw error;
    return { replacement: undefined };
  }
}

function isHash(value: unknown): value is ContentHash {
  return typeof value === "string" && /^0x[0-9a-f]{64}$/.test(value);
}
