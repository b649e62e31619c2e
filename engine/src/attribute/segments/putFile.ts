import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { FILE_PART_BYTES, type PartedFile } from "@openledger/sdk";
import type { Hex } from "../hex.js";

/** Where files are put under their SHA-256: `ContentClient` is one. */
export interface FileSink {
  put(bytes: Uint8Array, options: { readonly signal?: AbortSignal }): Promise<{ readonly hash: Hex }>;
}

/** Puts a file where nodes fetch it, part by part. Memory: a part. @throws what `put` throws, and what keeps it from being read */
export async function putFile(
  path: string,
  sink: FileSink,
  options: { readonly signal?: AbortSignal } = {},
): Promise<PartedFile> {
  const file = await open(path, "r");
  try {
    const whole = createHash("sha256");
    const parts: Hex[] = [];
    let byteLength = 0;
    for (;;) {
      options.signal?.throwIfAborted();
      const part = await readPart(file, byteLength);
      if (part.length === 0) break;
      whole.update(part);
      byteLength += part.length;
      parts.push((await sink.put(part, options)).hash);
      if (part.length < FILE_PART_BYTES) break;
    }
    return { sha256: `0x${whole.digest("hex")}`, byteLength, parts };
  } finally {
    await file.close();
  }
}

/** What a file has from byte `at` on, a part at most. */
export async function readPart(file: FileHandle, at: number): Promise<Uint8Array> {
  const part = new Uint8Array(FILE_PART_BYTES);
  let size = 0;
  while (size < part.length) {
    const { bytesRead } = await file.read(part, size, part.length - size, at + size);
    if (bytesRead === 0) break;
    size += bytesRead;
  }
  return part.subarray(0, size);
}
