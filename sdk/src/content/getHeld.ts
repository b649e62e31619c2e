import type { Hex } from "viem";
import { ContentErasedError } from "../errors/ContentErasedError.js";
import type { ContentClient } from "./ContentClient.js";

/** Each erasure of a part of a file puts one more file in its place. */
const MOST_REPLACEMENTS = 64;

/**
 * The file of this hash or, where it was erased, what stands for it: these bytes hash to something else, and whoever asks knows
 * by a root inside them whether they are what was committed to.
 *
 * @throws ContentErasedError where nothing is left; ContentUnavailableError, ContentMismatchError
 */
export async function getHeld(
  content: Pick<ContentClient, "get">,
  hash: Hex,
  options: { readonly signal?: AbortSignal } = {},
): Promise<Uint8Array> {
  let held = hash;
  for (let replacements = 0; ; replacements++) {
    try {
      return await content.get(held, options);
    } catch (error) {
      const replacement = error instanceof ContentErasedError ? error.replacement : undefined;
      if (replacement === undefined || replacements === MOST_REPLACEMENTS) throw error;
      held = replacement;
    }
  }
}
