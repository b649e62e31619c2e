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
 * Undefined where there is none. One that is torn, or says something else, has no replacement: it is better to lose what stood for a
 * block than to serve what was erased.
 *
 * @throws where the disk or the process does not let it be read, which says nothing about whether the block was erased
 */
export async function readTombstone(path: string): Promise<Tombstone | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (fileErrorCode(error) === "ENOENT") return undefined;
    throw error;
  }
  return { replacement: replacementIn(text) };
}

function replacementIn(text: string): ContentHash | undefined {
  try {
    const said = JSON.parse(text) as { readonly replacement?: unknown } | null;
    return isHash(said?.replacement) ? said.replacement : undefined;
  } catch {
    return undefined;
  }
}

function isHash(value: unknown): value is ContentHash {
  return typeof value === "string" && /^0x[0-9a-f]{64}$/.test(value);
}
