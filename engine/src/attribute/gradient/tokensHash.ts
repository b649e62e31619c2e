import { createHash } from "node:crypto";

/** SHA-256 of a text's tokens, uint32 big-endian each: what a sketch was taken of. */
export function tokensHash(ids: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * ids.length);
  const view = new DataView(bytes.buffer);
  ids.forEach((id, i) => {
    view.setUint32(4 * i, id);
  });
  return createHash("sha256").update(bytes).digest();
}
