import { describe, expect, it } from "vitest";
import { contentCid, contentHash } from "../hash/content.js";
import { decodeErasureRequest, type ErasureRequest } from "../wire/erasure.js";
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
    await expect(store.get(hash, { maximumBytes: 1000 })).rejects.toThrow("more than 1000 bytes");
  });

  it("reads no more than 64 KiB of what a store says that has no file to send", async () => {
    const other = contentHash(Uint8Array.of(1));
    const order = { content: hash, replacement: other, deadline: 1_900_000_000n };
    const request: ErasureRequest = { type: "EraseContent", order, signature: "0x12" };
    const said = { error: { code: "its_code", message: "Its words.", retryable: false }, replacement: other };
    const saying = (length: number, status: number) =>
      client(() => new Response(JSON.stringify(said).padEnd(length), { status }));
    const [most, more] = [64 * 1024, 64 * 1024 + 1];

    await expect(saying(most, 410).get(hash)).rejects.toMatchObject({ code: "content_erased", replacement: other });
    await expect(saying(more, 410).get(hash)).rejects.toMatchObject({ code: "content_erased", replacement: undefined });
    await expect(saying(most, 403).erase(request)).rejects.toMatchObject({ code: "its_code" });
    await expect(saying(more, 403).erase(request)).rejects.toMatchObject({ code: "content_unavailable" });
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

  it("has a file erased, and is told what stands for it", async () => {
    const other = contentHash(Uint8Array.of(1));
    const request: ErasureRequest = {
      type: "EraseContent",
      order: { content: hash, replacement: other, deadline: 1_900_000_000n },
      signature: "0x12",
    };
    const seen: string[] = [];
    const store = client(async (url, init) => {
      const asked = decodeErasureRequest(new Uint8Array(await new Response(init?.body).arrayBuffer()));
      seen.push(`${init?.method} ${url} ${asked.type}`);
      expect(asked).toEqual(request);
      return Response.json({ content: hash, replacement: other });
    });

    expect(await store.erase(request)).toEqual({ content: hash, replacement: other });
    expect(seen).toEqual(["POST http://store/erasures EraseContent"]);
    const mistaken = client(() => Response.json({ content: other }));
    await expect(mistaken.erase(request)).rejects.toMatchObject({ code: "malformed_document" });
  });

  it("says why a store erases nothing, in the store's words where it has any", async () => {
    const order = { content: hash, contribution: 1n, records: [], deadline: 1_900_000_000n };
    const request: ErasureRequest = { type: "EraseRecords", order, signature: "0x12" };
    const spoken = (status: number, retryable: boolean) =>
      client(() => Response.json({ error: { code: "its_code", message: "Its words.", retryable } }, { status }));
    const said = { code: "its_code", message: "Its words." };
    await expect(spoken(403, false).erase(request)).rejects.toMatchObject({ ...said, retryable: false });
    await expect(spoken(503, true).erase(request)).rejects.toMatchObject({ ...said, retryable: true });
    // A refusal of the erasure, not of a reader: it is the store's to name.
    await expect(spoken(410, false).erase(request)).rejects.toMatchObject({ ...said, name: "OpenLedgerError" });

    const gateway = (status: number) => client(() => new Response("no such page", { status }));
    await expect(gateway(404).erase(request)).rejects.toMatchObject({ code: "content_unavailable", retryable: false });
    await expect(gateway(502).erase(request)).rejects.toMatchObject({ code: "content_unavailable", retryable: true });
    const down = client(() => Promise.reject(new TypeError("fetch failed")));
    await expect(down.erase(request)).rejects.toMatchObject({ code: "content_unavailable", retryable: true });
  });
});
