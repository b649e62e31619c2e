import { createHash } from "node:crypto";
import { type Hex, hexBytes } from "../hex.js";
import { tokensHash } from "./tokensHash.js";

/** One in so many records: 17 %. More hardly change a basis, and each costs two passes forward and back. */
const ONE_IN = 6;

/**
 * Which records a basis is fitted on: of those that have tokens a sixth, rounded up, whose SHA-256(adapter's weights root ‖
 * tokens' hash) is smallest; of equal texts the earlier. Whoever writes a record cannot know if it will be one of them, since
 * the adapter is trained afterwards.
 *
 * @returns places, ascending
 */
export function basisSample(records: readonly (readonly number[])[], adapterRoot: Hex): number[] {
  const root = hexBytes(adapterRoot);
  const drawn = records.flatMap((ids, place) => {
    if (ids.length === 0) return [];
    const digest = createHash("sha256").update(root).update(tokensHash(ids)).digest("hex");
    return [{ place, digest }];
  });
  drawn.sort((a, b) => (a.digest === b.digest ? a.place - b.place : a.digest < b.digest ? -1 : 1));
  const sample = drawn.slice(0, Math.ceil(drawn.length / ONE_IN));
  return sample.map(({ place }) => place).sort((a, b) => a - b);
}

/** SHA-256 over the tokens' hashes of the sample, in its order: what a basis says that it was fitted on. */
export function sampleHash(records: readonly (readonly number[])[], sample: readonly number[]): Uint8Array {
  const hash = createHash("sha256");
  for (const place of sample) hash.update(tokensHash(records[place]!));
  return hash.digest();
}
