import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { ContentMismatchError, FILE_PART_BYTES, type PartedFile } from "@openledger/sdk";
import { AttributionError } from "../errors.js";
import type { Hex } from "../hex.js";
import { readPart } from "./putFile.js";
import { moveWhole, sha256OfFile } from "./wholeFile.js";

/** Where files are got by their SHA-256: `ContentClient` is one. */
export interface FileSource {
  get(hash: Hex, options: { readonly signal?: AbortSignal }): Promise<Uint8Array>;
}

/**
 * Gets a file part by part, unless it is there. Under its name it is whole; until then its parts lie in
 * `<path>.unfinished`, and those that are there are not asked for again, whatever ended the fetch before.
 *
 * @throws AttributionError `index_mismatch` when parts do not make what lists them says; ContentMismatchError and what else
 * `get` throws; what keeps the system from writing
 */
export async function fetchFile(
  path: string,
  listed: PartedFile,
  source: FileSource,
  signal: AbortSignal | undefined,
): Promise<void> {
  const wanted = listed.sha256.slice(2);
  const kept = await sha256OfFile(path, signal);
  if (kept === wanted) return;
  const unfinished = unfinishedOf(path);
  // what the disk has altered may be one part of many
  if (kept !== undefined) await rename(path, unfinished);

  const file = await open(unfinished, constants.O_RDWR | constants.O_CREAT);
  let found: string;
  try {
    found = await fillFile(file, path, listed, source, signal);
    await file.truncate(listed.byteLength);
    await file.sync();
  } finally {
    await file.close();
  }
  if (found !== wanted) {
    await rm(unfinished);
    throw new AttributionError("index_mismatch", `${path}: its parts make a file that hashes to ${found}`);
  }
  await moveWhole(unfinished, path);
}

/** Where a file's parts lie until it is whole. */
export function unfinishedOf(path: string): string {
  return `${path}.unfinished`;
}

/** @returns SHA-256 of the whole, hex */
async function fillFile(
  file: FileHandle,
  path: string,
  { byteLength, parts }: PartedFile,
  source: FileSource,
  signal: AbortSignal | undefined,
): Promise<string> {
  const whole = createHash("sha256");
  for (const [i, hash] of parts.entries()) {
    signal?.throwIfAborted();
    const at = i * FILE_PART_BYTES;
    const size = Math.min(FILE_PART_BYTES, byteLength - at);
    const there = (await readPart(file, at)).subarray(0, size);
    const isThere = there.length === size && hashOf(there) === hash;
    const part = isThere ? there : await source.get(hash, signal === undefined ? {} : { signal });
    if (!isThere) {
      const found = hashOf(part);
      if (found !== hash) throw new ContentMismatchError(path, hash, found);
      if (part.length !== size) {
        throw new AttributionError(
          "index_mismatch",
          `${path}: expected part ${i}, ${hash}, to have ${size} bytes, found ${part.length}`,
        );
      }
      await writePart(file, part, at);
    }
    whole.update(part);
  }
  return whole.digest("hex");
}

async function writePart(file: FileHandle, part: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < part.length; ) {
    const { bytesWritten } = await file.write(part, done, part.length - done, at + done);
    done += bytesWritten;
  }
}

function hashOf(bytes: Uint8Array): Hex {
  return `0x${createHash("sha256").update(bytes).digest("hex")}`;
}
