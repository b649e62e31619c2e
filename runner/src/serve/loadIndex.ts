import { AttributionError, indexFileRoot, type SegmentIndex } from "@openledger/engine";
import { decodeIndexFile, type IndexFile, MalformedDocumentError } from "@openledger/sdk";
import type { Hex } from "viem";
import type { FileCache } from "./FileCache.js";
import { heldFile } from "./heldFile.js";
import type { IndexShelf } from "./IndexShelf.js";
import { ModelUnusable } from "./ModelUnusable.js";
import type { CommittedIndex, IndexedVersion } from "./readCommittedIndex.js";

/** Which index, and what it must be of before any of it is fetched. */
export interface WantedIndex extends IndexedVersion {
  readonly recordCount: number;
  readonly baseWeightsRoot: Hex;
}

/**
 * The index of a version under a base, checked against the root on the chain.
 *
 * @throws ModelUnusable with the file or root that is false, final where the chain names the file itself; ContentUnavailableError,
 * ContentErasedError, ContentMismatchError; AttributionError `index_locked`, `index_failed`
 */
export async function loadIndex(
  files: Pick<FileCache, "get">,
  shelf: Pick<IndexShelf, "fetch">,
  wanted: WantedIndex,
  { root, dataHash }: CommittedIndex,
): Promise<SegmentIndex> {
  const { datanet, version, base } = wanted;
  const name = `The index of Datanet ${datanet} version ${version} under base ${base}`;
  const { bytes, waitsFor } = await heldFile(files, dataHash);
  try {
    const file = decodeIndexFile(bytes);
    const fault = claimFault(file, root, dataHash, wanted);
    if (fault !== undefined) throw new ModelUnusable(`${name}${fault}`, { waitsFor });
    return await shelf.fetch(dataHash, file);
  } catch (error) {
    const isFalse = error instanceof MalformedDocumentError || (error instanceof AttributionError && !error.retryable);
    if (!isFalse) throw error;
    const message = error.message.replace(/\.?$/, ".");
    throw new ModelUnusable(`${name}, file ${dataHash}: ${message}`, { waitsFor, cause: error });
  }
}

/** What a file claims other than the chain and the version, to go behind its name; undefined for nothing. */
function claimFault(file: IndexFile, root: Hex, dataHash: Hex, wanted: WantedIndex): string | undefined {
  const claimed = indexFileRoot(file);
  if (claimed !== root) return ` has root ${root} on the chain; its file ${dataHash} has ${claimed}.`;
  const records = file.segments.reduce((sum, segment) => sum + segment.records, 0);
  if (records !== wanted.recordCount || file.baseWeightsRoot !== wanted.baseWeightsRoot) {
    return (
      ` is of ${records} records under base ${file.baseWeightsRoot}; there are ${wanted.recordCount}, and the base ` +
      `is ${wanted.baseWeightsRoot}.`
    );
  }
  if (file.tombstones === undefined) return undefined;
  return (
    `: ${file.tombstones.records} of its records were erased, so nobody could recompute what it attributes. ` +
    "Publish a newer version without them, or its index."
  );
}
