import { AttributionError, indexFileRoot, type SegmentIndex } from "@openledger/engine";
import { type ChainReader, decodeIndexFile, getHeld, type IndexFile, MalformedDocumentError } from "@openledger/sdk";
import type { Hex } from "viem";
import type { FileCache } from "./FileCache.js";
import type { IndexShelf } from "./IndexShelf.js";
import { ModelUnusable } from "./ModelUnusable.js";
import { type IndexedVersion, readCommittedIndex } from "./readCommittedIndex.js";

/** Which index, and what it must be of before any of it is fetched. */
export interface WantedIndex extends IndexedVersion {
  readonly recordCount: number;
  readonly baseWeightsRoot: Hex;
}

/**
 * The index of a version under a base, checked against the root on the chain.
 *
 * @throws ModelUnusable with the file or root that is false; ContentUnavailableError; ContentMismatchError; AttributionError
 * `index_locked`, `index_failed`
 */
export async function loadIndex(
  reader: ChainReader,
  files: Pick<FileCache, "get">,
  shelf: Pick<IndexShelf, "fetch">,
  wanted: WantedIndex,
): Promise<SegmentIndex> {
  const { datanet, version, base } = wanted;
  const committed = await readCommittedIndex(reader, wanted);
  if (committed === undefined) {
    throw new ModelUnusable(`Version ${version} of Datanet ${datanet} has no index under base ${base} yet.`);
  }
  const { root, dataHash } = committed;
  const name = `The index of Datanet ${datanet} version ${version} under base ${base}`;
  try {
    const file = decodeIndexFile(await getHeld(files, dataHash));
    checkClaims(name, file, root, dataHash, wanted);
    return await shelf.fetch(dataHash, file);
  } catch (error) {
    const isFalse = error instanceof MalformedDocumentError || (error instanceof AttributionError && !error.retryable);
    if (!isFalse) throw error;
    throw new ModelUnusable(`${name}, file ${dataHash}: ${error.message}`, { cause: error });
  }
}

function checkClaims(name: string, file: IndexFile, root: Hex, dataHash: Hex, wanted: WantedIndex): void {
  const claimed = indexFileRoot(file);
  if (claimed !== root) {
    throw new ModelUnusable(`${name} has root ${root} on the chain; its file ${dataHash} has ${claimed}.`);
  }
  const records = file.segments.reduce((sum, segment) => sum + segment.records, 0);
  if (records !== wanted.recordCount || file.baseWeightsRoot !== wanted.baseWeightsRoot) {
    throw new ModelUnusable(
      `${name} is of ${records} records under base ${file.baseWeightsRoot}; there are ${wanted.recordCount}, and the base ` +
        `is ${wanted.baseWeightsRoot}.`,
    );
  }
  if (file.tombstones !== undefined) {
    throw new ModelUnusable(
      `${name}: ${file.tombstones.records} of its records were erased, so nobody could recompute what it attributes. Publish a ` +
        "newer version without them, or its index.",
    );
  }
}
