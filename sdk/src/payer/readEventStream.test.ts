import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readEventStream } from "./readEventStream.js";

const streamOf = (chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });

describe("readEventStream", () => {
  it("gives the same events wherever the bytes are cut", async () => {
    const text = 'data: {"a":"ü 漢"}\n\n: a remark\ndata:two\r\n\r\ndata: [DONE]\n\n';
    const bytes = new TextEncoder().encode(text);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: bytes.length - 1 }), { maxLength: 12 }), async (cuts) => {
        const places = [0, ...[...new Set(cuts)].sort((a, b) => a - b), bytes.length];
        const chunks = places.slice(1).map((end, at) => bytes.subarray(places[at]!, end));
        const events: string[] = [];
        for await (const event of readEventStream(streamOf(chunks))) events.push(event);
        expect(events).toEqual(['{"a":"ü 漢"}', "two", "[DONE]"]);
      }),
    );
  });
});
