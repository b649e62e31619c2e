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
        for await (const event of readEventStream(streamOf(chunks), bytes.length)) events.push(event);
        expect(events).toEqual(['{"a":"ü 漢"}', "two", "[DONE]"]);
      }),
    );
  });

  it("ends a stream that does not end itself", async () => {
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        sent += 1;
        if (sent > 100) controller.error(new Error("it was read on"));
        else controller.enqueue(new TextEncoder().encode("data: x\n\n"));
      },
    });
    const read = async () => {
      const events: string[] = [];
      for await (const event of readEventStream(endless, 50)) events.push(event);
      return events;
    };

    await expect(read()).rejects.toThrow("more than 50 bytes");
  });
});
