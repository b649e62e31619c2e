import { expect, it } from "vitest";
import { RunnerClient } from "./RunnerClient.js";

it("reads no endless answer", async () => {
  const part = new Uint8Array(1024 * 1024).fill(0x20);
  let sent = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      sent += 1;
      if (sent > 32) controller.error(new Error("it was read on"));
      else controller.enqueue(part);
    },
  });
  const runner = new RunnerClient({ url: "http://runner", fetch: async () => new Response(endless) });

  await expect(runner.models()).rejects.toThrow("an answer of more than 8388608 bytes");
});
