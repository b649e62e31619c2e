import { pad } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { describe, expect, it } from "vitest";
import type { ChainClient } from "../actions/ChainClient.js";
import { answerFee } from "../units/fee.js";
import { VOUCHER_HEADER } from "../wire/voucherHeader.js";
import { createPayer } from "./createPayer.js";
import { createMemoryBooks } from "./PayerBooks.js";

const account = privateKeyToAccount(generatePrivateKey());
const runner = privateKeyToAccount(generatePrivateKey()).address;
const price = { perRequest: 100n, perPromptToken: 10n, perOutputToken: 10n };
const ask = { model: 1n, prompt: "ein Wörtchen", maxTokens: 4 };
const promptBytes = 13;

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

/** A payer of a runner that quotes so many tokens at the right price, and answers nothing. */
async function payerOf(promptTokens: number) {
  /** Whether a voucher came with each request. */
  const sent: boolean[] = [];
  const quote = { runner, promptTokens, maxFee: `${answerFee(price, { promptTokens, outputTokens: ask.maxTokens })}` };
  const fetch = async (_url: unknown, init?: RequestInit) => {
    sent.push(new Headers(init?.headers).has(VOUCHER_HEADER));
    const error = { code: "payment_required", message: "nothing is answered here", retryable: true };
    return Response.json({ error, openledger: quote }, { status: 402 });
  };
  const books = createMemoryBooks();
  const payer = await createPayer({ client: chain, runnerUrl: "http://runner", runner, books, fetch });
  await books.set(payer.channel, ask.model, { nonce: 0n, cumulative: 0n });
  return { sent, payer };
}

const model = { base: 0n, price, programRoot: pad("0x70"), versions: [] };
/** A chain that knows one model of a base, and the payer's key. */
const chain = {
  deployment: { chainId: 31_337, addresses: { inferenceMarket: pad("0x1", { size: 20 }) } },
  account,
  publicClient: { readContract: async () => model },
  walletClient: {
    signTypedData: (typedData: Parameters<typeof account.signTypedData>[0]) => account.signTypedData(typedData),
  },
} as unknown as ChainClient;
