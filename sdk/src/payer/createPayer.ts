import { type Address, bytesToHex, type Hex, isAddressEqual, recoverAddress } from "viem";
import type { ChainClient } from "../actions/ChainClient.js";
import { deposit } from "../actions/market/deposit.js";
import { openChannel } from "../actions/market/openChannel.js";
import { readChannel } from "../actions/market/readChannel.js";
import { readFree } from "../actions/market/readFree.js";
import { readModelClaimed } from "../actions/market/readModelClaimed.js";
import { topUpChannel } from "../actions/market/topUpChannel.js";
import { approveToken } from "../actions/token/approveToken.js";
import { InvalidValueError } from "../errors/InvalidValueError.js";
import { PaymentRefusedError } from "../errors/PaymentRefusedError.js";
import { RunnerUnreachableError } from "../errors/RunnerUnreachableError.js";
import { channelId } from "../hash/channel.js";
import { type InferenceRequest, requestHash } from "../hash/request.js";
import { disclosureTypedData, type MarketDomain, voucherDigest, voucherTypedData } from "../hash/typedData.js";
import type { Voucher } from "../hash/types.js";
import { answerFee } from "../units/fee.js";
import type { SignedVoucher } from "../wire/voucherHeader.js";
import { createMemoryBooks, type PayerBook, type PayerBooks } from "./PayerBooks.js";
import {
  type DisclosedRequest,
  type Quote,
  RunnerClient,
  type RunnerProgress,
  type StreamListener,
  type UnverifiedAnswer,
} from "./RunnerClient.js";
import { readModelTerms } from "./readModelTerms.js";
import { type ModelTerms, verifyAnswer } from "./verifyAnswer.js";

const ZERO_WORD: Hex = `0x${"00".repeat(32)}`;
const DAY_SECONDS = 86_400;
const DISCLOSURE_SECONDS = 600;

export type PayerOptions = {
  /** The payer's account on the chain; it signs vouchers and, in `fund`, transactions. */
  readonly client: ChainClient;
  readonly runnerUrl: string;
  /** The runner to pay; by default the one that the address says it is. */
  readonly runner?: Address;
  /** Tells several channels to one runner apart; zero by default. */
  readonly salt?: bigint;
  /** Kept in memory by default. */
  readonly books?: PayerBooks;
  readonly fetch?: typeof globalThis.fetch;
  /** Seconds since 1970; the machine's clock by default. */
  readonly now?: () => number;
  /** How long a voucher can be settled; a day by default. */
  readonly voucherSeconds?: number;
};

/**
 * What is asked. Thousandths for temperature, top-p and repetition penalty; zero `topK` is no limit; without a `seed` the
 * voucher's digest serves.
 */
export type Ask = {
  readonly model: bigint;
  readonly prompt: string;
  readonly maxTokens: number;
  readonly temperatureMilli?: number;
  readonly topPMilli?: number;
  readonly topK?: number;
  readonly repetitionPenaltyMilli?: number;
  readonly seed?: Hex;
};

/** With a listener the answer is streamed. */
export type AskOptions = StreamListener & { readonly signal?: AbortSignal };

/** An answer whose receipt, fee, output and attribution were held against request and chain. */
export type Answer = UnverifiedAnswer & { readonly fee: bigint; readonly request: InferenceRequest };

export type Payer = {
  readonly channel: Hex;
  readonly runner: Address;
  /** Adds OPEN to the channel, opening it when it is not there; deposits what the free balance lacks. Base units. */
  fund(amount: bigint): Promise<{ readonly balance: bigint }>;
  /** What a request costs at most. */
  quote(ask: Ask, options?: AskOptions): Promise<Quote>;
  /**
   * Pays for an answer and verifies it. Requests for one model follow one another.
   *
   * @throws PaymentRefusedError when the runner does not answer. @throws AnswerRefusedError when its answer is false.
   * @throws RunnerUnreachableError when the connection broke: the next call first asks for the answer that is missing.
   */
  ask(ask: Ask, options?: AskOptions): Promise<Answer>;
  /** What stands behind one of this payer's receipts. */
  disclose(receiptHash: Hex): Promise<DisclosedRequest>;
};

/**
 * Pays one runner for answers, through one channel.
 *
 * MONEY. A voucher allows what is owed plus the fee at `maxTokens`; after a verified answer only its fee is owed. A
 * runner that sends a false answer can settle what was signed for it, never more. Without books of its own the payer
 * takes as owed before what the runner shows a voucher of this payer for.
 *
 * @example
 * ```ts
 * const payer = await createPayer({ client, runnerUrl: "http://127.0.0.1:8080" });
 * await payer.fund(parseOpen("1"));
 * const answer = await payer.ask({ model: 1n, prompt: "const a =", maxTokens: 16 });
 * ```
 *
 * @throws RunnerUnreachableError, InvalidValueError when the runner serves another chain or market.
 */
export async function createPayer(options: PayerOptions): Promise<Payer> {
  const { client, now = () => Date.now() / 1000, voucherSeconds = DAY_SECONDS, salt = 0n } = options;
  const books = options.books ?? createMemoryBooks();
  const { chainId, addresses } = client.deployment;
  const domain: MarketDomain = { chainId, market: addresses.inferenceMarket };
  const http = new RunnerClient({
    url: options.runnerUrl,
    ...(options.fetch === undefined ? {} : { fetch: options.fetch }),
  });
  const runner = options.runner ?? (await identify(http, options.runnerUrl, domain));
  const payer = client.account.address;
  const channel = channelId(domain, { payer, runner, salt });
  const terms = new Map<bigint, Promise<ModelTerms>>();
  const turns = new Map<bigint, Promise<unknown>>();

  const termsOf = (model: bigint): Promise<ModelTerms> => {
    const known = terms.get(model) ?? readModelTerms(client, model);
    terms.set(model, known);
    known.catch(() => terms.delete(model));
    return known;
  };

  /** Runs after whatever else is under way for the model: nonces are given one by one. */
  const inTurn = <T>(model: bigint, work: () => Promise<T>): Promise<T> => {
    const before = turns.get(model) ?? Promise.resolve();
    const turn = before.then(work, work);
    turns.set(model, turn);
    return turn;
  };

  const bookOf = async (model: bigint): Promise<PayerBook> => {
    const known = await books.get(channel, model);
    if (known !== undefined) return known;
    const [claimed, progress] = await Promise.all([
      readModelClaimed(client, channel, model),
      http.progress(channel).catch((error: unknown) => {
        if (error instanceof PaymentRefusedError && error.runnerCode === "unknown_channel") return new Map();
        throw error;
      }),
    ]);
    const owed: RunnerProgress = progress.get(model) ?? { nonce: 0n, cumulative: 0n, paidBy: undefined };
    if (owed.cumulative < claimed) {
      throw new InvalidValueError("the runner's cumulative", `at least the settled ${claimed}`, owed.cumulative);
    }
    if (owed.cumulative > claimed) await demandOwnVoucher(owed, model);
    return { nonce: owed.nonce, cumulative: owed.cumulative };
  };

  /** What a runner says is owed must not be more than this payer has signed away before: the next voucher adds to it. */
  const demandOwnVoucher = async ({ cumulative, paidBy }: RunnerProgress, model: bigint): Promise<void> => {
    const voucher = paidBy?.voucher;
    const signer =
      paidBy === undefined
        ? undefined
        : await recoverAddress({ hash: voucherDigest(domain, paidBy.voucher), signature: paidBy.signature }).catch(
            () => undefined,
          );
    const isOwn = signer !== undefined && isAddressEqual(signer, payer);
    if (isOwn && voucher?.channel === channel && voucher.model === model && voucher.cumulativeCap >= cumulative) return;
    throw new InvalidValueError("the runner's cumulative", "an amount that a voucher of this payer allows", cumulative);
  };

  const sign = async (request: InferenceRequest, book: PayerBook, maxFee: bigint): Promise<SignedVoucher> => {
    const voucher: Voucher = {
      channel,
      model: request.model,
      nonce: book.nonce + 1n,
      cumulativeCap: book.cumulative + maxFee,
      requestHash: requestHash(request),
      deadline: BigInt(Math.floor(now()) + voucherSeconds),
    };
    const signature = await client.walletClient.signTypedData({
      account: client.account,
      ...voucherTypedData(domain, voucher),
    });
    return { voucher, signature, salt: request.salt };
  };

  /** Sends what is pending in the book and turns the page when its answer stands. */
  const settleTurn = async (
    book: PayerBook & { readonly pending: NonNullable<PayerBook["pending"]> },
    asked: AskOptions,
  ): Promise<Answer> => {
    const { request, payment } = book.pending;
    const isHeard = asked.onText !== undefined || asked.onAttribution !== undefined;
    let answer: UnverifiedAnswer;
    try {
      answer = isHeard ? await http.stream(request, payment, asked) : await http.complete(request, payment, asked);
    } catch (error) {
      // A refusal for good leaves the nonce free; the voucher it knows may still be settled, under the same cap or a later one.
      if (error instanceof PaymentRefusedError && !error.retryable) await books.set(channel, request.model, bare(book));
      throw error;
    }
    await verifyAnswer(answer, {
      domain,
      runner,
      terms: await termsOf(request.model),
      request,
      voucher: payment.voucher,
      owedBefore: book.cumulative,
    });
    const { nonce, cumulative, fee } = answer.receipt;
    await books.set(channel, request.model, { nonce, cumulative });
    return { ...answer, fee, request };
  };

  const askInTurn = async (ask: Ask, asked: AskOptions): Promise<Answer> => {
    const request = requestOf(ask);
    let book = await bookOf(ask.model);
    if (book.pending !== undefined) {
      await settleTurn({ ...book, pending: book.pending }, asked.signal === undefined ? {} : { signal: asked.signal });
      book = await bookOf(ask.model);
    }
    const { promptTokens, maxFee } = await http.quote(
      request,
      asked.signal === undefined ? {} : { signal: asked.signal },
    );
    const { price } = await termsOf(ask.model);
    // What is signed can be taken whether an answer comes or not. A token of text takes at least one byte.
    const promptBytes = new TextEncoder().encode(request.prompt).length;
    if (promptTokens > promptBytes) {
      throw new InvalidValueError("the runner's quote", `at most ${promptBytes} tokens of the prompt`, promptTokens);
    }
    const expected = answerFee(price, { promptTokens, outputTokens: request.maxTokens });
    if (maxFee !== expected)
      throw new InvalidValueError("the runner's quote", `${expected} by the model's price`, maxFee);

    const pending = { request, payment: await sign(request, book, maxFee) };
    // Kept before it is sent: a voucher that has left is owed until its answer says otherwise.
    await books.set(channel, ask.model, { ...bare(book), pending });
    return settleTurn({ ...book, pending }, asked);
  };

  return {
    channel,
    runner,
    fund: async (amount) => {
      const free = await readFree(client, payer);
      if (free < amount) {
        const lacking = amount - free;
        await approveToken(client, { spender: addresses.inferenceMarket, amount: lacking });
        await deposit(client, { payer, amount: lacking });
      }
      const before = await readChannel(client, channel);
      if (BigInt(before.payer) === 0n) await openChannel(client, { runner, salt, amount });
      else await topUpChannel(client, { channel, amount });
      const { balance } = await readChannel(client, channel);
      return { balance };
    },
    quote: (ask, asked = {}) => http.quote(requestOf(ask), asked.signal === undefined ? {} : { signal: asked.signal }),
    ask: (ask, asked = {}) => inTurn(ask.model, () => askInTurn(ask, asked)),
    disclose: async (receipt) => {
      const deadline = BigInt(Math.floor(now()) + DISCLOSURE_SECONDS);
      const signature = await client.walletClient.signTypedData({
        account: client.account,
        ...disclosureTypedData(domain, { receipt, deadline }),
      });
      return http.disclose(receipt, { signer: payer, deadline, signature });
    },
  };
}

/** Who a runner says it is, once it is sure that it serves this chain and market. */
async function identify(http: RunnerClient, url: string, domain: MarketDomain): Promise<Address> {
  const [first] = await http.models();
  if (first === undefined) throw new RunnerUnreachableError(url, "no model served yet");
  if (first.chainId !== domain.chainId || !isAddressEqual(first.market, domain.market)) {
    throw new InvalidValueError(
      "the runner's market",
      `${domain.market} on chain ${domain.chainId}`,
      `${first.market} on chain ${first.chainId}`,
    );
  }
  return first.runner;
}

function requestOf(ask: Ask): InferenceRequest {
  return {
    model: ask.model,
    salt: bytesToHex(crypto.getRandomValues(new Uint8Array(32))),
    prompt: ask.prompt,
    maxTokens: ask.maxTokens,
    temperatureMilli: ask.temperatureMilli ?? 1000,
    topPMilli: ask.topPMilli ?? 1000,
    topK: ask.topK ?? 0,
    repetitionPenaltyMilli: ask.repetitionPenaltyMilli ?? 1000,
    seed: ask.seed ?? ZERO_WORD,
  };
}

function bare({ nonce, cumulative }: PayerBook): PayerBook {
  return { nonce, cumulative };
}
