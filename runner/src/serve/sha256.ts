import type { Hex } from "viem";

/** SHA-256 of bytes, beside the thread: `contentHash` would hold it up for most of a second for 32 MiB. */
export async function sha256(bytes: Uint8Array): Promise<Hex> {
  const digest = await globalThis.crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return `0x${Buffer.from(digest).toString("hex")}`;
}
