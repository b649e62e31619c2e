import { describe, expect, it } from "vitest";
import { contentCid, contentHash } from "../hash/content.js";
import { ContentClient } from "./ContentClient.js";

const bytes = new TextEncoder().encode("a record");
const hash = contentHash(bytes);

/** A store that answers each request by a function of its URL. */
const client = (answer: (url: string, init: RequestInit | undefined) => Response | Promise<Response>) =>
  new ContentClient({ url: "http://store/", fetch: async (input, init) => answer(String(input), init) });

describe("ContentClient", () => {
  it("asks the gateway by CID and returns what hashes to it", async () => {
    const store = client((url) => new Response(url === `http://store/ipfs/${contentCid(hash)}` ? bytes : "other"));
    expect(await store.get(hash)).toEqual(bytes);
  });

  it("refuses other bytes and names both hashes", async () => {
    const store = client(() => new Response("other"));
    const found = contentHash(new TextEncoder().encode("other"));
    await expect(store.get(hash)).rejects.toMatchObject({
      code: "content_mismatch",
      expected: hash,
      found,
      retryable: false,
    });
  });

  it("says whether asking again may help", async () => {
    for (const [status, retryable] of [
      [404, true],
      [500, true],
      [429, true],
      [403, false],
    ] as const) {
      const store = client(() => new Response(null, { status }));
      await expect(store.get(hash)).rejects.toMatchObject({ code: "content_unavailable", retryable });
    }
    const down = client(() => Promise.reject(new TypeError("fetch failed")));
    await expect(down.get(hash)).rejects.toMatchObject({ code: "content_unavailable", retryable: true });
  });

  it("puts bytes and checks the name they got", async () => {
    const seen: string[] = [];
    const store = client((url, init) => {
      seen.push(`${init?.method} ${url}`);
      return Response.json({ hash, cid: contentCid(hash) });
    });
    expect(await store.put(bytes)).toEqual({ hash, cid: contentCid(hash) });
    expect(seen).toEqual(["PUT http://store/blocks"]);
    await expect(store.put(Uint8Array.of(1))).rejects.toMatchObject({ code: "content_mismatch" });
  });
});
