/**
 * The runner over HTTP, without a server: OpenAI-style models and completions, paid by channel vouchers.
 *
 *   GET  /health                          what the runner reaches and serves
 *   GET  /v1/models                       OpenAI list; `openledger` holds price and roots
 *   POST /v1/completions                  answer, or 402 with a quote when there is no voucher
 *   GET  /v1/channels/:channel            the runner's books of a channel
 *   GET  /v1/receipts/:hash               a receipt, its attribution, where it was settled
 *   POST /v1/receipts/:hash/disclosure    request and answer, for the payer or an active oracle
 */
import {
  type InferenceRequest,
  type MarketDomain,
  receiptToJson,
  VOUCHER_HEADER,
  voucherDigest,
  voucherToJson,
} from "@openledger/sdk";
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from "express";
import type { Address, Hex } from "viem";
import type { MarketView } from "../chain/MarketView.js";
import { RunnerError } from "../RunnerError.js";
import type { AnswerDesk } from "../serve/AnswerDesk.js";
import type { ModelShelf, ServedModel } from "../serve/ServedModel.js";
import type { ModelProgress, RequestLedger } from "../store/RequestLedger.js";
import { attributionJson, completionJson } from "./answerJson.js";
import { parseCompletionBody } from "./completionBody.js";
import { discloseTo } from "./discloseTo.js";
import { publicError, sendError } from "./sendError.js";
import { openStream } from "./streamCompletion.js";
import { unknownReceipt } from "./unknownReceipt.js";
import { parseVoucherHeader } from "./voucherHeader.js";

export interface AppDeps {
  readonly runner: Address;
  readonly domain: MarketDomain;
  readonly models: ModelShelf;
  readonly desk: AnswerDesk;
  readonly ledger: RequestLedger;
  readonly market: MarketView;
  /** Facts for `/health`; `ready` false answers 503. */
  readonly health: () => Promise<{ readonly ready: boolean; readonly facts: Readonly<Record<string, unknown>> }>;
  /** Seconds since 1970. */
  readonly now: () => number;
  /** Largest body in bytes. */
  readonly bodyLimit: number;
  /** Told what went wrong inside, never what a client asked wrongly. */
  readonly onFault: (error: unknown) => void;
}

export function createApp(deps: AppDeps): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.use(commonHeaders);
  const json = [requireJson, express.json({ limit: deps.bodyLimit, inflate: false, strict: true })];

  app.route("/health").get(async (_request, response) => {
    const { ready, facts } = await deps.health();
    response.status(ready ? 200 : 503).json({ status: ready ? "ok" : "unavailable", ...facts });
  });
  app.route("/v1/models").get((_request, response) => {
    response.json({ object: "list", data: deps.models.list().map((model) => modelJson(deps, model)) });
  });
  app.route("/v1/completions").post(json, (request: Request, response: Response) => complete(deps, request, response));
  app.route("/v1/channels/:channel").get((request, response) => showChannel(deps, request, response));
  app.route("/v1/receipts/:hash").get((request, response) => showReceipt(deps, request, response));
  app.route("/v1/receipts/:hash/disclosure").post(json, async (request: Request, response: Response) => {
    response.json(await discloseTo(deps, hash32("hash", request.params.hash), request.body));
  });

  app.use((request) => {
    throw new RunnerError("unknown_route", `${request.method} ${request.path.slice(0, 80)} is not served here.`, {
      retryable: false,
    });
  });
  app.use(answerFailure(deps));
  return app;
}

async function complete(deps: AppDeps, request: Request, response: Response): Promise<void> {
  const { delivery, ...asked } = parseCompletionBody(request.body);
  const header = request.header(VOUCHER_HEADER);
  if (header === undefined) throw paymentRequired(deps, asked);

  const { voucher, signature, salt } = parseVoucherHeader(header);
  const paid = { voucher, signature, request: { ...asked, salt } };
  if (delivery === "whole") {
    response.json(completionJson(await deps.desk.ask(paid)));
    return;
  }
  const model = deps.models.get(asked.model);
  const stream = openStream(response, {
    digest: voucherDigest(deps.domain, voucher),
    model: model.model,
    created: Math.floor(deps.now()),
    decode: (tokens) => model.decode(tokens),
  });
  try {
    const { onTokens, onAttribution } = stream;
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    const listener = delivery === "stream" ? { onTokens } : { onTokens, onAttribution, gone: gone.signal };
    stream.finish(await deps.desk.ask(paid, listener));
  } catch (error) {
    if (!stream.begun) throw error;
    if (isFault(publicError(error))) deps.onFault(error);
    stream.fail(error);
  }
}

function paymentRequired(deps: AppDeps, asked: Omit<InferenceRequest, "salt">): RunnerError {
  const model = deps.models.get(asked.model);
  const { promptTokens, maxFee } = deps.desk.quote({ ...asked, salt: `0x${"00".repeat(32)}` });
  return new RunnerError(
    "payment_required",
    `This answer costs at most ${maxFee} base units of OPEN. Send a voucher of your channel in X-OpenLedger-Voucher.`,
    {
      retryable: false,
      details: {
        runner: deps.runner,
        market: deps.domain.market,
        chainId: deps.domain.chainId,
        model: `${model.model}`,
        price: priceJson(model),
        promptTokens,
        maxFee: `${maxFee}`,
        request: {
          maxTokens: asked.maxTokens,
          temperatureMilli: asked.temperatureMilli,
          topPMilli: asked.topPMilli,
          topK: asked.topK,
          repetitionPenaltyMilli: asked.repetitionPenaltyMilli,
          seed: asked.seed,
        },
      },
    },
  );
}

async function showChannel(deps: AppDeps, request: Request, response: Response): Promise<void> {
  const channel = hash32("channel", request.params.channel);
  const [state, progress] = await Promise.all([deps.market.channel(channel), deps.ledger.progress(channel)]);
  if (state === undefined) {
    throw new RunnerError("unknown_channel", `The market has no channel ${channel}.`, { retryable: false });
  }
  response.json({
    channel,
    payer: state.payer,
    runner: state.runner,
    balance: `${state.balance}`,
    claimed: `${state.claimed}`,
    thawing: `${state.thawing}`,
    models: Object.fromEntries(progress.map((books) => [`${books.model}`, progressJson(books)])),
  });
}

/** With the payer's own voucher: a payer that has lost its books believes nothing less. */
function progressJson({ nonce, cumulative, paidBy }: ModelProgress): Readonly<Record<string, unknown>> {
  return {
    nonce: `${nonce}`,
    cumulative: `${cumulative}`,
    ...(paidBy === undefined ? {} : { voucher: voucherToJson(paidBy.voucher), signature: paidBy.signature }),
  };
}

async function showReceipt(deps: AppDeps, request: Request, response: Response): Promise<void> {
  const hash = hash32("hash", request.params.hash);
  const found = await deps.ledger.receipt(hash);
  if (found === undefined) throw unknownReceipt(hash);
  const { stored, settlement } = found;
  response.json({
    receipt: receiptToJson(stored.receipt),
    receiptHash: stored.hash,
    signature: stored.signature,
    runner: deps.runner,
    market: deps.domain.market,
    chainId: deps.domain.chainId,
    attribution: attributionJson(stored.answer.attribution),
    ...(settlement === undefined
      ? {}
      : {
          settlement: {
            batch: `${settlement.batch}`,
            transaction: settlement.transaction,
            block: `${settlement.block}`,
          },
        }),
  });
}

function modelJson(deps: AppDeps, model: ServedModel): Readonly<Record<string, unknown>> {
  return {
    id: `${model.model}`,
    object: "model",
    created: Number(model.registeredAt),
    owned_by: "openledger",
    name: model.name,
    root: `${model.base === 0n ? model.model : model.base}`,
    parent: model.base === 0n ? null : `${model.base}`,
    max_model_len: model.contextTokens,
    openledger: {
      model: `${model.model}`,
      price: priceJson(model),
      weightsRoot: model.weightsRoot,
      programRoot: model.programRoot,
      runner: deps.runner,
      market: deps.domain.market,
      chainId: deps.domain.chainId,
    },
  };
}

function priceJson({ price }: ServedModel): Readonly<Record<string, string>> {
  return {
    perRequest: `${price.perRequest}`,
    perPromptToken: `${price.perPromptToken}`,
    perOutputToken: `${price.perOutputToken}`,
  };
}

function hash32(param: string, text: unknown): Hex {
  if (typeof text === "string" && /^0x[0-9a-fA-F]{64}$/.test(text)) return text.toLowerCase() as Hex;
  throw new RunnerError("invalid_request", `${param} is 0x and 64 hexadecimal digits.`, { retryable: false, param });
}

const commonHeaders: RequestHandler = (request, response, next) => {
  response.set({
    "x-content-type-options": "nosniff",
    "access-control-allow-origin": "*",
    "access-control-allow-headers": "content-type, authorization, x-openledger-voucher",
    "access-control-allow-methods": "GET, POST",
  });
  if (request.method === "OPTIONS") {
    response.status(204).end();
    return;
  }
  next();
};

const requireJson: RequestHandler = (request, _response, next) => {
  if (request.is("application/json") === "application/json") return next();
  throw new RunnerError("unsupported_media_type", "The body is JSON: send content-type application/json.", {
    retryable: false,
  });
};

/** Faults are logged once, here; a client's mistakes are not faults. */
function answerFailure(deps: AppDeps): ErrorRequestHandler {
  return (thrown: unknown, _request, response, _next) => {
    const error = publicError(bodyError(deps.bodyLimit, thrown));
    if (isFault(error)) deps.onFault(thrown);
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    sendError(response, error);
  };
}

function isFault(error: RunnerError): boolean {
  return error.code === "internal" || error.code === "generation_failed" || error.code.endsWith("_unavailable");
}

/** What express.json throws, in the runner's own codes. */
function bodyError(limit: number, error: unknown): unknown {
  const type = typeof error === "object" && error !== null && "type" in error ? error.type : undefined;
  switch (type) {
    case "entity.too.large":
      return new RunnerError("body_too_large", `The body has more than ${limit} bytes.`, { retryable: false });
    case "entity.parse.failed":
    case "request.size.invalid":
    case "request.aborted":
      return new RunnerError("malformed_json", "The body is not JSON.", { retryable: false });
    case "encoding.unsupported":
    case "charset.unsupported":
      return new RunnerError("unsupported_media_type", "The body is plain UTF-8 JSON, not compressed.", {
        retryable: false,
      });
    default:
      return error;
  }
}
