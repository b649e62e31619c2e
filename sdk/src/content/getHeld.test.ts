import type { Hex } from "viem";
import { describe, expect, it } from "vitest";
import { ContentErasedError } from "../errors/ContentErasedError.js";
import { contentHash } from "../hash/content.js";
import { ContentClient } from "./ContentClient.js";
import { getHeld } from "./getHeld.js";

const bytes = new TextEncoder().encode("what is left");
const hashes = ["a", "b", "c"].map((letter) => contentHash(new TextEncoder().encode(letter)));

/** A store in which each of `erased` has been erased for the next, and the last for `bytes`. */
const store = (erased: readonly Hex[], replacement: Hex | undefined) => ({
  get: async (hash: Hex) => {
    const at = erased.indexOf(hash);
    if (at >= 0) throw new ContentErasedError("http://store", erased[at + 1] ?? replacement);
    return bytes;
  },
});

describe("getHeld", () => {
  it("goes on to what stands for an erased file, as often as it was erased", async () => {
    expect(await getHeld(store(hashes, contentHash(bytes)), hashes[0]!)).toEqual(bytes);
    expect(await getHeld(store([], undefined), hashes[0]!)).toEqual(bytes);
  });

  it("says that nothing is left, and follows no circle for ever", async () => {
    await expect(getHeld(store(hashes, undefined), hashes[0]!)).rejects.toMatchObject({ code: "content_erased" });
    await expect(getHeld(store(hashes, hashes[0]), hashes[0]!)).rejects.toMatchObject({ code: "content_erased" });
  });

  it("is told by a store's answer, or by a gateway that says no more than that it is gone", async () => {
    const replacement = contentHash(bytes);
    const answers: readonly (readonly [BodyInit, Hex | undefined])[] = [
      [JSON.stringify({ error: {}, replacement }), replacement],
      [JSON.stringify({ error: {} }), undefined],
      ["gone", undefined],
      [JSON.stringify({ replacement: "0x12" }), undefined],
    ];
    for (const [body, expected] of answers) {
      const client = new ContentClient({ url: "http://store", fetch: async () => new Response(body, { status: 410 }) });
      const refused = client.get(hashes[0]!);
      await expect(refused).rejects.toBeInstanceOf(ContentErasedError);
      await expect(refused).rejects.toMatchObject({ retryable: false, replacement: expected });
    }
  });
});
