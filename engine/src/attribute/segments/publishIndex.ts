import { join } from "node:path";
import { encodeIndexFile, type PartedFile } from "@openledger/sdk";
import { AttributionError } from "../errors.js";
import type { Hex } from "../hex.js";
import { readManifest } from "./folderManifest.js";
import { damaged } from "./openSealed.js";
import { segmentFile, thresholdsFile, tombstonesFile } from "./openSegments.js";
import { type FileSink, putFile } from "./putFile.js";

export interface PublishedIndex {
  /** What the Datanet's owner commits to, see `indexRoot`. */
  readonly root: Hex;
  /** SHA-256 of the index file, which lists all else that was put. */
  readonly dataHash: Hex;
}

/**
 * Puts a sealed index's files where nodes fetch them, in parts, and last of all the file that lists them. Doing it again changes
 * nothing. Memory: a part.
 *
 * @param path Folder of an `IndexFolder` or of `tombstoneIndex`
 * @throws AttributionError `invalid_request` when it is not sealed; `index_malformed`, `index_mismatch`; what `put` throws;
 * MalformedDocumentError for more segments than an index file lists
 */
export async function publishIndex(
  path: string,
  sink: FileSink,
  options: { readonly signal?: AbortSignal } = {},
): Promise<PublishedIndex> {
  const manifest = await readManifest(path);
  if (manifest?.seal === undefined) {
    throw new AttributionError("invalid_request", `${path} holds no sealed index; seal it before it is published`);
  }
  const { seal, baseWeightsRoot, attributionHash } = manifest;
  const entry = manifest.tombstones;
  const put = async (name: string, sha256: string): Promise<PartedFile> => {
    const file = await putFile(join(path, name), sink, options);
    if (file.sha256 === `0x${sha256}`) return file;
    throw damaged(join(path, name), file.sha256.slice(2));
  };
  const segments = [];
  for (const { sha256, records } of manifest.segments) {
    segments.push({ records, ...(await put(segmentFile(sha256), sha256)) });
  }
  const thresholds = await put(thresholdsFile(seal.thresholds), seal.thresholds);
  const erased =
    entry === undefined
      ? {}
      : { tombstones: { records: entry.records, ...(await put(tombstonesFile(entry.sha256), entry.sha256)) } };
  const { recordsRoot, postingsRoot, floors, root } = seal;
  const parts = {
    baseWeightsRoot,
    attributionHash,
    recordsRoot,
    postingsRoot,
    floors,
    thresholds,
    segments,
    ...erased,
  };
  const { hash: dataHash } = await sink.put(encodeIndexFile(parts), options);
  return { root, dataHash };
}
