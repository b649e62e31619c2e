import type { Address, Hex } from "viem";
import { readAtMost } from "../bytes/readAtMost.js";
import { PaymentRefusedError } from "../errors/PaymentRefusedError.js";
import { RunnerUnreachableError } from "../errors/RunnerUnreachableError.js";
import type { InferenceRequest } from "../hash/request.js";
import type { Receipt, Voucher } from "../hash/types.js";
import type { Price } from "../units/fee.js";
import {
  type AnswerAttribution,
  type AnswerReceipt,
  type ProvisionalAttribution,
  readAnswerAttribution,
  readAnswerReceipt,
  readProvisionalAttribution,
} from "../wire/completion.js";
import { DocumentReader } from "../wire/DocumentReader.js";
import { readReceipt } from "../wire/receipt.js";
import { encodeVoucherHeader, readVoucher, type SignedVoucher, VOUCHER_HEADER } from "../wire/voucherHeader.js";
import { readEventStream } from "./readEventStream.js";

/** What a runner lists of a model. */
export type ListedModel = {
  readonly model: bigint;
  readonly name: string;
  readonly price: Price;
  readonly runner: Address;
  readonly market: Address;
  readonly chainId: number;
};

/** What a runner says a request will cost at most. */
export type Quote = { readonly runner: Address; readonly promptTokens: number; readonly maxFee: bigint };

/** A runner's answer as it came, not verified. */
export type UnverifiedAnswer = AnswerReceipt & { readonly text: string; readonly finish: "stop" | "length" };

/** What a runner's books say of a channel and model, and the voucher by which it could take as much; not verified. */
export type RunnerProgress = {
  readonly nonce: bigint;
  readonly cumulative: bigint;
  readonly paidBy: { readonly voucher: Voucher; readonly signature: Hex } | undefined;
};

/** A receipt as its runner keeps it, not verified; `settlement` once it is in a batch. */
export type KeptReceipt = {
  readonly receipt: Receipt;
  readonly receiptHash: Hex;
  readonly signature: Hex;
  readonly attribution: AnswerAttribution;
  readonly settlement: { readonly batch: bigint; readonly transaction: Hex } | undefined;
};

/** What stands behind a receipt. */
export type DisclosedRequest = {
  readonly request: Omit<InferenceRequest, "model">;
  readonly outputTokens: readonly number[];
  readonly text: string;
};

export type RunnerCallOptions = { readonly signal?: AbortSignal };

/** A runner may send without end. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

/** Told of an answer as it comes, before anything of it is verified. */
export type StreamListener = {
  readonly onText?: (text: string) => void;
  /** Whose data shapes its first tokens, now and then; a runner that has others to answer says nothing. */
  readonly onAttribution?: (attribution: ProvisionalAttribution) => void;
};

/** Speaks to one runner over HTTP and believes nothing but the shape of what it says. */
export class RunnerClient {
  readonly #url: string;
  readonly #fetch: typeof globalThis.fetch;

  constructor({ url, fetch = globalThis.fetch }: { readonly url: string; readonly fetch?: typeof globalThis.fetch }) {
    this.#url = url.replace(/\/+$/, "");
    this.#fetch = (input, init) => fetch(input, init);
  }

  /** @throws RunnerUnreachableError, PaymentRefusedError, MalformedDocumentError */
  async models(options: RunnerCallOptions = {}): Promise<readonly ListedModel[]> {
    const reader = await this.#json("/v1/models", options);
    return reader
      .field("data")
      .items()
      .map((item) => {
        const facts = item.field("openledger");
        return {
          model: facts.field("model").uint(64),
          name: item.field("name").text(),
          price: readPrice(facts.field("price")),
          runner: facts.field("runner").address(),
          market: facts.field("market").address(),
          chainId: facts.field("chainId").uint32(),
        };
      });
  }

  /** Asks what a request costs by sending it unpaid. @throws as `models` */
  async quote(request: InferenceRequest, options: RunnerCallOptions = {}): Promise<Quote> {
    const response = await this.#post("/v1/completions", completionBody(request), options);
    const reader = await this.#reader("quote", response);
    if (response.status !== 402) throw this.#refusal(response.status, reader);
    const facts = reader.field("openledger");
    return {
      runner: facts.field("runner").address(),
      promptTokens: facts.field("promptTokens").uint32(),
      maxFee: facts.field("maxFee").uint(96),
    };
  }

  /** Sends a paid request and waits for the whole answer. @throws as `models` */
  async complete(
    request: InferenceRequest,
    payment: SignedVoucher,
    options: RunnerCallOptions = {},
  ): Promise<UnverifiedAnswer> {
    const response = await this.#post("/v1/completions", completionBody(request), options, payment);
    const reader = await this.#reader("answer", response);
    if (!response.ok) throw this.#refusal(response.status, reader);
    const choice = firstChoice(reader);
    return {
      ...readAnswerReceipt(reader.field("openledger")),
      text: choice.field("text").text(),
      finish: readFinish(choice.field("finish_reason")),
    };
  }

  /** Sends a paid request and hands on what comes of its answer. @throws as `models` */
  async stream(
    request: InferenceRequest,
    payment: SignedVoucher,
    options: RunnerCallOptions & StreamListener,
  ): Promise<UnverifiedAnswer> {
    const { onText, onAttribution } = options;
    const body = {
      ...completionBody(request),
      stream: true,
      ...(onAttribution !== undefined && { stream_options: { include_attribution: true } }),
    };
    const response = await this.#post("/v1/completions", body, options, payment);
    if (!response.ok) throw this.#refusal(response.status, await this.#reader("answer", response));
    if (response.body === null) throw new RunnerUnreachableError(this.#url, "an answer without a body");

    let text = "";
    let end: Omit<UnverifiedAnswer, "text"> | undefined;
    const events = readEventStream(response.body, MAX_ANSWER_BYTES);
    for (;;) {
      const event = await events.next().catch((cause: unknown) => {
        throw new RunnerUnreachableError(this.#url, "a broken stream", cause);
      });
      if (event.done === true || event.value === "[DONE]") break;
      const reader = DocumentReader.parse("answer chunk", event.value);
      if (reader.field("error").present) throw this.#refusal(response.status, reader);
      const choice = firstChoice(reader);
      const more = choice.field("text").text();
      text += more;
      if (more !== "") onText?.(more);
      const facts = reader.field("openledger");
      if (!facts.present) continue;
      const provisional = facts.field("provisional");
      if (provisional.present) onAttribution?.(readProvisionalAttribution(provisional));
      else end = { ...readAnswerReceipt(facts), finish: readFinish(choice.field("finish_reason")) };
    }
    if (end === undefined) throw new RunnerUnreachableError(this.#url, "a stream that ended without a receipt");
    return { ...end, text };
  }

  /** The runner's books of a channel, by model. @throws as `models` */
  async progress(channel: Hex, options: RunnerCallOptions = {}): Promise<ReadonlyMap<bigint, RunnerProgress>> {
    const reader = await this.#json(`/v1/channels/${channel}`, options);
    const models = reader.field("models");
    return new Map(
      Object.keys(models.raw as object).map((model) => {
        const progress = models.field(model);
        const voucher = progress.field("voucher");
        const facts: RunnerProgress = {
          nonce: progress.field("nonce").uint(64),
          cumulative: progress.field("cumulative").uint(96),
          paidBy: voucher.present
            ? { voucher: readVoucher(voucher), signature: progress.field("signature").hex() }
            : undefined,
        };
        return [BigInt(model), facts];
      }),
    );
  }

  /** A receipt by its hash. @throws as `models` */
  async receipt(hash: Hex, options: RunnerCallOptions = {}): Promise<KeptReceipt> {
    const reader = await this.#json(`/v1/receipts/${hash}`, options);
    const settlement = reader.field("settlement");
    return {
      receipt: readReceipt(reader.field("receipt")),
      receiptHash: reader.field("receiptHash").bytes32(),
      signature: reader.field("signature").hex(),
      attribution: readAnswerAttribution(reader.field("attribution")),
      settlement: settlement.present
        ? { batch: settlement.field("batch").uint(64), transaction: settlement.field("transaction").bytes32() }
        : undefined,
    };
  }

  /** @param asked A signed `Disclosure` of the receipt. @throws as `models` */
  async disclose(
    receipt: Hex,
    asked: { readonly signer: Address; readonly deadline: bigint; readonly signature: Hex },
    options: RunnerCallOptions = {},
  ): Promise<DisclosedRequest> {
    const body = { ...asked, deadline: asked.deadline.toString() };
    const response = await this.#post(`/v1/receipts/${receipt}/disclosure`, body, options);
    const reader = await this.#reader("disclosure", response);
    if (!response.ok) throw this.#refusal(response.status, reader);
    const parameters = reader.field("parameters");
    return {
      request: {
        prompt: reader.field("prompt").text(),
        salt: reader.field("salt").bytes32(),
        maxTokens: parameters.field("maxTokens").uint32(),
        temperatureMilli: parameters.field("temperatureMilli").uint32(),
        topPMilli: parameters.field("topPMilli").uint32(),
        topK: parameters.field("topK").uint32(),
        repetitionPenaltyMilli: parameters.field("repetitionPenaltyMilli").uint32(),
        seed: parameters.field("seed").bytes32(),
      },
      outputTokens: reader
        .field("outputTokens")
        .items()
        .map((token) => token.uint32()),
      text: reader.field("text").text(),
    };
  }

  async #json(path: string, options: RunnerCallOptions): Promise<DocumentReader> {
    const response = await this.#request(path, { ...options });
    const reader = await this.#reader(path, response);
    if (!response.ok) throw this.#refusal(response.status, reader);
    return reader;
  }

  async #post(path: string, body: unknown, options: RunnerCallOptions, payment?: SignedVoucher): Promise<Response> {
    return this.#request(path, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(payment === undefined ? {} : { [VOUCHER_HEADER]: encodeVoucherHeader(payment) }),
      },
      body: JSON.stringify(body),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  }

  async #request(path: string, init: RequestInit): Promise<Response> {
    try {
      return await this.#fetch(`${this.#url}${path}`, init);
    } catch (cause) {
      throw new RunnerUnreachableError(`${this.#url}${path}`, "no connection", cause);
    }
  }

  async #reader(document: string, response: Response): Promise<DocumentReader> {
    const bytes = await readAtMost(response.body, MAX_ANSWER_BYTES).catch((cause: unknown) => {
      throw new RunnerUnreachableError(this.#url, "a broken answer", cause);
    });
    if (bytes === undefined) {
      throw new RunnerUnreachableError(this.#url, `an answer of more than ${MAX_ANSWER_BYTES} bytes`);
    }
    return DocumentReader.parse(`runner's ${document}`, bytes);
  }

  #refusal(status: number, reader: DocumentReader): PaymentRefusedError {
    const error = reader.field("error");
    const details = reader.field("openledger");
    return new PaymentRefusedError(this.#url, {
      status,
      code: error.field("code").text(),
      message: error.field("message").text(),
      retryable: error.field("retryable").raw === true,
      details: details.present ? (details.raw as Record<string, unknown>) : {},
    });
  }
}

function completionBody(request: InferenceRequest): Record<string, unknown> {
  return {
    model: request.model.toString(),
    prompt: request.prompt,
    max_tokens: request.maxTokens,
    temperature: request.temperatureMilli / 1000,
    top_p: request.topPMilli / 1000,
    top_k: request.topK,
    repetition_penalty: request.repetitionPenaltyMilli / 1000,
    seed: request.seed,
  };
}

function firstChoice(reader: DocumentReader): DocumentReader {
  const choices = reader.field("choices");
  return choices.items()[0] ?? choices.fail("expected one choice");
}

function readFinish(reader: DocumentReader): "stop" | "length" {
  const finish = reader.text();
  return finish === "stop" || finish === "length" ? finish : reader.fail(`expected "stop" or "length"`);
}

function readPrice(reader: DocumentReader): Price {
  return {
    perRequest: reader.field("perRequest").uint(96),
    perPromptToken: reader.field("perPromptToken").uint(96),
    perOutputToken: reader.field("perOutputToken").uint(96),
  };
}
