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

  it("reads no more than a file can have from a server that sends without end", async () => {
    const part = new Uint8Array(1024 * 1024);
    let sent = 0;
    const endless = () =>
      new ReadableStream<Uint8Array>({
        pull: (stream) => {
          sent += 1;
          if (sent > 64) stream.error(new Error("it was read on"));
          else stream.enqueue(part);
        },
      });
    const store = client(() => new Response(endless()));

    await expect(store.get(hash)).rejects.toThrow(`more than ${32 * 1024 * 1024} bytes`);
  });

  it("waits no longer than it is told for a server that never ends", async () => {
    const stalled = (init: RequestInit | undefined) =>
      new ReadableStream<Uint8Array>({
        start: (stream) => init?.signal?.addEventListener("abort", () => stream.error(init.signal?.reason)),
      });
    const fetch: typeof globalThis.fetch = async (_url, init) => new Response(stalled(init));
    const store = new ContentClient({ url: "http://store", fetch, timeoutMs: 20 });

    await expect(store.get(hash)).rejects.toMatchObject({ code: "content_unavailable", retryable: true });
    const silent = new ContentClient({
      url: "http://store",
      fetch: (_url, init) =>
        new Promise((_, reject) => {
          init?.signal?.throwIfAborted();
          init?.signal?.addEventListener("abort", () => reject(init.signal?.reason));
        }),
      timeoutMs: 20,
    });
    await expect(silent.get(hash)).rejects.toMatchObject({ code: "content_unavailable", retryable: true });
  }, 2000);

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
