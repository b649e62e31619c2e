import {
  type ContentClient,
  ContentErasedError,
  ContentUnavailableError,
  contentHash,
  decodeIndexFile,
  getHeld,
  type IndexFile,
  OpenLedgerError,
} from "@openledger/sdk";
import type { Hex } from "viem";

/** What stands for an index file in the store now; or why nothing does, and what to do. */
export type HeldIndex = { readonly hash: Hex; readonly file: IndexFile } | { readonly missing: string };

/**
 * Anybody may commit to what is no index file: that is no error. A store that does not answer is one, since what is listed
 * there would be taken for unlisted, and erased for good.
 *
 * @throws ContentUnavailableError where asking again may help; the signal's reason
 */
export async function readHeldIndex(
  content: Pick<ContentClient, "get">,
  dataHash: Hex,
  signal: AbortSignal,
): Promise<HeldIndex> {
  try {
    const bytes = await getHeld(content, dataHash, { signal });
    return { hash: contentHash(bytes), file: decodeIndexFile(bytes) };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof OpenLedgerError)) throw error;
    if (error instanceof ContentErasedError) {
      const advice = "its parts are named nowhere else; who kept the file can have them erased";
      return { missing: `index file ${dataHash} was erased and none stands for it: ${advice}` };
    }
    const isAbsent = error instanceof ContentUnavailableError && error.status === 404;
    if (error.retryable && !isAbsent) throw error;
    const advice = "put the right file into the store and run this again";
    return { missing: `asked for index file ${dataHash}, found none: ${error.message} ${advice}` };
  }
}

/** All that is to be fetched of an index. */
export function partsOf({ segments, thresholds, tombstones }: IndexFile): Hex[] {
  return [...segments, thresholds, ...(tombstones === undefined ? [] : [tombstones])].flatMap(({ parts }) => parts);
}
