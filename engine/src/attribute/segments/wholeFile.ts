import { createHash, randomUUID } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";

const CHUNK = 2 ** 20;

/** Writes a file that is there whole or not at all, also after a loss of power. */
export async function writeWhole(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const partial = join(path, "..", `${randomUUID()}.partial`);
  const file = await open(partial, "wx");
  try {
    for (const part of parts) await file.writeFile(part);
    await file.sync();
    await file.close();
    await moveWhole(partial, path);
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(partial, { force: true });
    throw error;
  }
}

/** Writes a file named by its SHA-256, whole or not at all; says which. */
export async function writeNamed(
  folder: string,
  parts: readonly Uint8Array[],
  nameOf: (sha256: string) => string,
): Promise<string> {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  const sha256 = hash.digest("hex");
  await writeWhole(join(folder, nameOf(sha256)), parts);
  return sha256;
}

/** The numbers' memory. */
export function bytesOf({ buffer, byteOffset, byteLength }: Int16Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Gives a file that has been written out its name: it is there after a loss of power once its folder has been written. */
export async function moveWhole(from: string, to: string): Promise<void> {
  await rename(from, to);
  const folder = await open(join(to, ".."), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** SHA-256 of a file, hex; undefined when there is none. @throws the signal's reason */
export async function sha256OfFile(path: string, signal?: AbortSignal): Promise<string | undefined> {
  const file = await openExisting(path);
  if (file === undefined) return undefined;
  try {
    const hash = createHash("sha256");
    const chunk = new Uint8Array(CHUNK);
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead } = await file.read(chunk, 0, CHUNK);
      if (bytesRead === 0) return hash.digest("hex");
      hash.update(chunk.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}

/** A file to read; undefined when there is none. */
async function openExisting(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
