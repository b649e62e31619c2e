/**
 * Bytes of a shingle: about two words, long enough that two texts which share half of theirs were not written apart, and short enough
 * that one word changed in ten leaves more than half of them. Of 8, 10, 12 and 16 bytes the shortest that let honest texts pass.
 */
export const SHINGLE_BYTES = 10;

/** An odd multiplier, so that every byte moves all higher bits (Knuth, The Art of Computer Programming 3, 6.4). */
const MULTIPLIER = 0x9e3779b1;

/**
 * Hashes of all shingles of a text, by the position of their first byte, rolled from one to the next.
 *
 * @returns `[max(0, bytes − 9)]`, 32 bits each; equal shingles have equal hashes, different ones nearly always others
 */
export function shingleHashes(text: Uint8Array): Uint32Array {
  const count = Math.max(0, text.length - SHINGLE_BYTES + 1);
  const hashes = new Uint32Array(count);
  let leaving = 1;
  for (let i = 1; i < SHINGLE_BYTES; i++) leaving = Math.imul(leaving, MULTIPLIER);
  let rolling = 0;
  for (let end = 0; end < text.length; end++) {
    const out = end < SHINGLE_BYTES ? 0 : Math.imul(text[end - SHINGLE_BYTES]! + 1, leaving);
    rolling = (Math.imul(rolling - out, MULTIPLIER) + text[end]! + 1) | 0;
    if (end >= SHINGLE_BYTES - 1) hashes[end - SHINGLE_BYTES + 1] = scramble(rolling);
  }
  return hashes;
}

/** Low bits of a rolled hash depend on the last bytes alone: mixed, all of them depend on all (MurmurHash3's finaliser). */
function scramble(rolling: number): number {
  let hash = rolling ^ (rolling >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Whether the shingles at two places are the same bytes. */
export function sameShingle(a: Uint8Array, at: number, b: Uint8Array, from: number): boolean {
  for (let i = 0; i < SHINGLE_BYTES; i++) if (a[at + i] !== b[from + i]) return false;
  return true;
}
