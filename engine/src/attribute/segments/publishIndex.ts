import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { encodeIndexFile, INDEX_PART_BYTES, type PartedFile } from "@openledger/sdk";
import { AttributionError } from "../errors.js";
import type { Hex } from "../hex.js";
import { readManifest } from "./folderManifest.js";
import { damaged } from "./openSealed.js";
import { segmentFile, thresholdsFile, tombstonesFile } from "./openSegments.js";

/** Where files are put under their SHA-256: `ContentClient` is one. */
export interface IndexSink {
  put(bytes: Uint8Array, options: { readonly signal?: AbortSignal }): Promise<{ readonly hash: Hex }>;
}

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
  sink: IndexSink,
  options: { readonly signal?: AbortSignal } = {},
): Promise<PublishedIndex> {
  const manifest = await readManifest(path);
  if (manifest?.seal === undefined) {
    throw new AttributionError("invalid_request", `${path} holds no sealed index; seal it before it is published`);
  }
  const { seal, baseWeightsRoot, attributionHash } = manifest;
  const entry = manifest.tombstones;
  const put = (name: string, sha256: string) => putFile(join(path, name), sha256, sink, options);
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

async function putFile(
  path: string,
  sha256: string,
  sink: IndexSink,
  options: { readonly signal?: AbortSignal },
): Promise<PartedFile> {
  const file = await open(path, "r");
  try {
    const whole = createHash("sha256");
    const parts: Hex[] = [];
    let byteLength = 0;
    for (;;) {
      const part = await readPart(file, byteLength);
      if (part.length === 0) break;
      whole.update(part);
      byteLength += part.length;
      parts.push((await sink.put(part, options)).hash);
      if (part.length < INDEX_PART_BYTES) break;
    }
    const found = whole.digest("hex");
    if (found !== sha256) throw damaged(path, found);
    return { sha256: `0x${sha256}`, byteLength, parts };
  } finally {
    await file.close();
  }
}

/** What a file has from byte `at` on, a part at most. */
export async function readPart(file: FileHandle, at: number): Promise<Uint8Array> {
  const part = new Uint8Array(INDEX_PART_BYTES);
  let size = 0;
  while (size < part.length) {
    const { bytesRead } = await file.read(part, size, part.length - size, at + size);
    if (bytesRead === 0) break;
    size += bytesRead;
  }
  return part.subarray(0, size);
}
