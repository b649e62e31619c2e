import { getAddress, pad } from "viem";
import { expect, it } from "vitest";
import type { InferenceRequest } from "../hash/request.js";
import type { SignedVoucher } from "../wire/voucherHeader.js";
import { RunnerClient } from "./RunnerClient.js";

const request: InferenceRequest = {
  model: 2n,
  salt: pad("0x1"),
  prompt: "a prompt",
  maxTokens: 32,
  temperatureMilli: 0,
  topPMilli: 1_000,
  topK: 0,
  repetitionPenaltyMilli: 1_000,
  seed: pad("0x2"),
};
const payment: SignedVoucher = {
  voucher: { channel: pad("0x3"), model: 2n, nonce: 1n, cumulativeCap: 9n, requestHash: pad("0x4"), deadline: 5n },
  signature: "0x",
  salt: pad("0x1"),
};
const account = getAddress(pad("0xaa", { size: 20 }));
const PROVISIONAL = {
  tokens: 16,
  shares: [{ account, share: 65_536, kind: "contributor" }],
  records: [{ datanet: "1", version: 1, recordIndex: "7", contributor: account, share: 40_000 }],
};

/** A runner that sends these events, and what it was asked. */
function streaming(...chunks: readonly { readonly text: string; readonly openledger?: object }[]) {
  const bodies: Record<string, unknown>[] = [];
  const events = chunks.map(({ text, openledger }) =>
    JSON.stringify({ choices: [{ text, finish_reason: null }], ...(openledger && { openledger }) }),
  );
  const runner = new RunnerClient({
    url: "http://runner",
    fetch: async (_url, init) => {
      bodies.push(JSON.parse(String(init?.body)));
      return new Response([...events, "[DONE]"].map((event) => `data: ${event}\n\n`).join(""));
    },
  });
  return { runner, bodies };
}

it("hands on whose data shapes an answer that is being written, where it was asked for", async () => {
  const { runner, bodies } = streaming({ text: "so " }, { text: "", openledger: { provisional: PROVISIONAL } });
  const heard: unknown[] = [];
  const asked = runner.stream(request, payment, {
    onText: (text) => heard.push(text),
    onAttribution: (attribution) => heard.push(attribution),
  });

  await expect(asked).rejects.toThrow("a stream that ended without a receipt");
  expect(bodies[0]).toMatchObject({ stream: true, stream_options: { include_attribution: true } });
  expect(heard).toEqual([
    "so ",
    {
      tokens: 16,
      shares: [{ account, share: 65_536 }],
      records: [{ datanet: 1n, version: 1, recordIndex: 7n, contributor: account, share: 40_000 }],
    },
  ]);
});

it("asks for text alone where nobody listens to the rest, and heeds nothing else", async () => {
  const { runner, bodies } = streaming({ text: "so ", openledger: { provisional: PROVISIONAL } });
  const heard: string[] = [];

  await expect(runner.stream(request, payment, { onText: (text) => heard.push(text) })).rejects.toThrow("receipt");
  expect([bodies[0]!.stream_options, heard]).toEqual([undefined, ["so "]]);
});

it("refuses what is no attribution", async () => {
  const { runner } = streaming({ text: "", openledger: { provisional: { ...PROVISIONAL, tokens: -1 } } });

  await expect(runner.stream(request, payment, { onAttribution: () => {} })).rejects.toThrow("tokens");
});

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
