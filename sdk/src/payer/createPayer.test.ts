import { type Hex, pad } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { describe, expect, it } from "vitest";
import type { ChainClient } from "../actions/ChainClient.js";
import { voucherTypedData } from "../hash/typedData.js";
import type { Voucher } from "../hash/types.js";
import { answerFee } from "../units/fee.js";
import { VOUCHER_HEADER, voucherToJson } from "../wire/voucherHeader.js";
import { createPayer } from "./createPayer.js";
import { createMemoryBooks } from "./PayerBooks.js";

const account = privateKeyToAccount(generatePrivateKey());
const runner = privateKeyToAccount(generatePrivateKey()).address;
const price = { perRequest: 100n, perPromptToken: 10n, perOutputToken: 10n };
const ask = { model: 1n, prompt: "ein Wörtchen", maxTokens: 4 };
const promptBytes = 13;
const stranger = privateKeyToAccount(generatePrivateKey());
const domain = { chainId: 31_337, market: pad("0x1", { size: 20 }) };

describe("a runner's quote", () => {
  it("is refused for more tokens than the prompt has bytes: nothing is signed that could be taken", async () => {
    const { sent, payer } = await payerOf(promptBytes + 1);

    await expect(payer.ask(ask)).rejects.toThrow(`at most ${promptBytes} tokens of the prompt`);

    expect(sent).toEqual([false]);
  });

  it("is paid up to one token a byte", async () => {
    const { sent, payer } = await payerOf(promptBytes);

    await expect(payer.ask(ask)).rejects.toThrow("nothing is answered here");

    expect(sent).toEqual([false, true]);
  });
});

describe("a payer that has lost its books", () => {
  const cumulative = 500n;
  const voucher = {
    model: 1n,
    nonce: 3n,
    cumulativeCap: cumulative,
    requestHash: pad("0x4"),
    deadline: 1_900_000_000n,
  };
  const books = (channel: Hex, more: object = {}) => ({
    models: { "1": { nonce: "3", cumulative: `${cumulative}`, ...more } },
    channel,
  });
  const shown = async (changed: Voucher, signer = account) => ({
    voucher: voucherToJson(changed),
    signature: await signer.signTypedData(voucherTypedData(domain, changed)),
  });

  it.each([
    ["no voucher", async (channel: Hex) => books(channel)],
    [
      "a voucher of somebody else",
      async (channel: Hex) => books(channel, await shown({ ...voucher, channel }, stranger)),
    ],
    [
      "a voucher of another channel",
      async (channel: Hex) => books(channel, await shown({ ...voucher, channel: pad("0x5") })),
    ],
    [
      "a voucher for another model",
      async (channel: Hex) => books(channel, await shown({ ...voucher, channel, model: 2n })),
    ],
    [
      "a voucher for less",
      async (channel: Hex) => books(channel, await shown({ ...voucher, channel, cumulativeCap: cumulative - 1n })),
    ],
  ])("does not believe a runner that shows %s for what it says is owed", async (_, said) => {
    const { sent, payer } = await payerOf(1, said);

    await expect(payer.ask(ask)).rejects.toThrow("an amount that a voucher of this payer allows");

    expect(sent).toEqual([]);
  });

  it("goes on from what its own voucher allows", async () => {
    const { sent, payer } = await payerOf(1, async (channel) => books(channel, await shown({ ...voucher, channel })));

    await expect(payer.ask(ask)).rejects.toThrow("nothing is answered here");

    expect(sent).toEqual([false, true]);
  });
});

/** A payer of a runner that quotes so many tokens at the right price, and answers nothing. */
async function payerOf(promptTokens: number, channelBooks?: (channel: Hex) => Promise<object>) {
  /** Whether a voucher came with each request for an answer. */
  const sent: boolean[] = [];
  const quote = { runner, promptTokens, maxFee: `${answerFee(price, { promptTokens, outputTokens: ask.maxTokens })}` };
  const fetch = async (url: unknown, init?: RequestInit) => {
    const channel = /\/v1\/channels\/(.*)$/.exec(`${url}`)?.[1] as Hex | undefined;
    if (channel !== undefined) return Response.json(await channelBooks?.(channel));
    sent.push(new Headers(init?.headers).has(VOUCHER_HEADER));
    const error = { code: "payment_required", message: "nothing is answered here", retryable: true };
    return Response.json({ error, openledger: quote }, { status: 402 });
  };
  const books = createMemoryBooks();
  const payer = await createPayer({ client: chain, runnerUrl: "http://runner", runner, books, fetch });
  if (channelBooks === undefined) await books.set(payer.channel, ask.model, { nonce: 0n, cumulative: 0n });
  return { sent, payer };
}

const model = { base: 0n, price, programRoot: pad("0x70"), versions: [] };
/** A chain that knows one model of a base, and the payer's key. */
const chain = {
  deployment: { chainId: 31_337, addresses: { inferenceMarket: domain.market } },
  account,
  publicClient: {
    readContract: async ({ functionName }: { functionName: string }) => (functionName === "modelOf" ? model : 0n),
  },
  walletClient: {
    signTypedData: (typedData: Parameters<typeof account.signTypedData>[0]) => account.signTypedData(typedData),
  },
} as unknown as ChainClient;
