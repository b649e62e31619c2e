/**
 * Takes a paid request to its signed receipt.
 *
 * ORDER. The voucher is checked, voucher and request are stored, then tokens are generated, attributed, and the receipt
 * is signed and stored together with what is owed. A process that dies in between leaves a pending request; `resume`
 * answers it again, with the same seed.
 *
 * MONEY. A voucher's digest names its request: sent again, it gets the stored answer and costs nothing more.
 */
import type { ProvisionalAttribution } from "@openledger/engine";
import {
  answerFee,
  attributionHash,
  attributionRecordsHash,
  type InferenceRequest,
  type MarketDomain,
  outputHash,
  type Receipt,
  receiptHash,
  receiptTypedData,
  requestHash,
  sharesHash,
  type Voucher,
  voucherDigest,
} from "@openledger/sdk";
import { type Hex, isAddressEqual, type LocalAccount, recoverAddress, zeroAddress } from "viem";
import type { MarketView } from "../chain/MarketView.js";
import { RunnerError } from "../RunnerError.js";
import { type ChannelState, checkDeadline, checkParties } from "../settle/checkVoucher.js";
import type { AdmittedRequest } from "../store/AdmittedRequest.js";
import type { RequestLedger } from "../store/RequestLedger.js";
import type { StoredReceipt } from "../store/StoredReceipt.js";
import { AttributionTeller } from "./AttributionTeller.js";
import type { Generated, ModelShelf, Sampling, ServedModel } from "./ServedModel.js";

export interface PaidRequest {
  readonly voucher: Voucher;
  /** 65 bytes, low s. */
  readonly signature: Hex;
  readonly request: InferenceRequest;
}

export interface Quote {
  readonly promptTokens: number;
  /** The fee if all tokens asked for are generated, base units. */
  readonly maxFee: bigint;
}

export interface AnswerDeskDeps {
  readonly account: LocalAccount;
  readonly domain: MarketDomain;
  readonly models: ModelShelf;
  readonly market: MarketView;
  readonly ledger: Pick<
    RequestLedger,
    "find" | "knows" | "admit" | "pending" | "beginAttempt" | "owed" | "answer" | "release"
  >;
  /** Seconds since 1970. */
  readonly now: () => number;
  /** How long after its answer a voucher must still be good. */
  readonly horizonSeconds: number;
  /** Most requests that are admitted and not answered. */
  readonly queueLimit: number;
  /** Told of each new receipt. */
  readonly onReceipt: () => void;
  readonly onFault: (error: unknown) => void;
}

/** Told of an answer as it is written, and not after it. */
export interface AnswerListener {
  /** All tokens so far, whenever there are more. */
  onTokens(tokens: readonly number[]): void;
  /** Whose data shapes the first tokens, now and then, while nobody else waits for an answer. */
  onAttribution?(attribution: ProvisionalAttribution): void;
  /** Aborted once nobody hears it: the answer goes on, who shapes it is told no more. */
  readonly gone?: AbortSignal;
}

/** One request being answered; whoever sends it again listens to the same one. */
interface Job {
  readonly tokens: number[];
  readonly listeners: Set<AnswerListener>;
  readonly done: Promise<StoredReceipt>;
}

const attemptLimit = 3;
/** More than any text has on average. */
const charactersPerToken = 16;
const zeroSeed = `0x${"00".repeat(32)}`;

export class AnswerDesk {
  readonly #jobs = new Map<Hex, Job>();
  #stopping = false;

  constructor(private readonly deps: AnswerDeskDeps) {}

  /** @throws RunnerError `unknown_model`, `model_not_ready`, `request_too_long` */
  quote(request: InferenceRequest): Quote {
    const model = this.deps.models.get(request.model);
    checkCharacters(model, request.prompt);
    const promptTokens = model.encode(request.prompt).length;
    checkLength(model, promptTokens, request.maxTokens);
    return { promptTokens, maxFee: answerFee(model.price, { promptTokens, outputTokens: request.maxTokens }) };
  }

  /**
   * Answers a paid request, or gives the answer it has already got.
   *
   * @throws RunnerError with the reason why it is not answered.
   */
  async ask(paid: PaidRequest, listener: AnswerListener = { onTokens: () => {} }): Promise<StoredReceipt> {
    const { voucher, request } = paid;
    const digest = voucherDigest(this.deps.domain, voucher);
    const channel = await this.#checkOrigin(paid, digest);
    const known = await this.deps.ledger.find(digest);
    if (known === undefined || known.state === "released") {
      this.#checkCapacity();
      checkDeadline(voucher, this.deps.now(), this.deps.horizonSeconds);
    }
    // what was answered is given again, also when its model is served no longer
    const maxFee = known?.state === "answered" ? 0n : this.quote(request).maxFee;

    const admitted: AdmittedRequest = { digest, voucher, signature: paid.signature, request };
    const earlier = (await this.deps.ledger.knows(voucher.channel, voucher.model))
      ? undefined
      : await this.deps.market.earlierSettlement(voucher.channel, voucher.model);
    const admission = await this.deps.ledger.admit(admitted, channel, maxFee, earlier);
    if (admission.state === "answered") return admission.receipt;

    const job = this.#jobs.get(digest) ?? this.#start(admitted);
    if (job.tokens.length > 0) listener.onTokens(job.tokens);
    job.listeners.add(listener);
    try {
      return await job.done;
    } finally {
      job.listeners.delete(listener);
    }
  }

  /**
   * Takes up what was admitted and has no answer, for instance after a restart. Requests of a model that is not there yet wait;
   * those of one that cannot come any more are released.
   */
  async resume(): Promise<void> {
    for (const admitted of await this.deps.ledger.pending()) {
      if (this.#stopping || this.#jobs.size >= this.deps.queueLimit) return;
      if (this.#jobs.has(admitted.digest)) continue;
      if (this.#mayCome(admitted.voucher.model)) continue;
      this.#start(admitted).done.catch(() => {});
    }
  }

  /** Admits nothing more and resolves when what was admitted is answered. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.allSettled([...this.#jobs.values()].map((job) => job.done));
  }

  get inFlight(): number {
    return this.#jobs.size;
  }

  /** Whether a model is not there yet. One that is unknown is too: a runner that has just started knows none. */
  #mayCome(model: bigint): boolean {
    try {
      this.deps.models.get(model);
      return false;
    } catch (error) {
      if (!(error instanceof RunnerError)) throw error;
      return error.retryable || error.code === "unknown_model";
    }
  }

  async #checkOrigin({ voucher, signature, request }: PaidRequest, digest: Hex): Promise<ChannelState> {
    if (voucher.model !== request.model) {
      throw new RunnerError(
        "voucher_wrong_model",
        `The voucher pays for model ${voucher.model}, the request asks model ${request.model}.`,
        { retryable: false },
      );
    }
    const expected = requestHash(request);
    if (voucher.requestHash !== expected) {
      throw new RunnerError(
        "voucher_wrong_request",
        `The voucher pays for request ${voucher.requestHash}; this one hashes to ${expected}. ` +
          "The hash covers model, salt, prompt, max_tokens, temperature, top_p, top_k, repetition_penalty and seed.",
        { retryable: false, details: { requestHash: expected } },
      );
    }
    const channel = await this.deps.market.channel(voucher.channel);
    if (channel === undefined) {
      throw new RunnerError(
        "unknown_channel",
        `Market ${this.deps.domain.market} on chain ${this.deps.domain.chainId} has no channel ${voucher.channel}.`,
        { retryable: false },
      );
    }
    // What recovers to nobody is nobody's signature.
    const signer = await recoverAddress({ hash: digest, signature }).catch(() => zeroAddress);
    const isAuthorized =
      !isAddressEqual(signer, channel.payer) && (await this.deps.market.isAuthorizedSigner(channel.payer, signer));
    checkParties(channel, { runner: this.deps.account.address, signer, isAuthorized });
    return channel;
  }

  #checkCapacity(): void {
    if (this.#stopping) {
      throw new RunnerError("stopping", "The runner is stopping; ask it again in a minute.", { retryable: true });
    }
    if (this.#jobs.size < this.deps.queueLimit) return;
    throw new RunnerError(
      "overloaded",
      `${this.#jobs.size} requests wait for their answers; ask again in a moment. Nothing was charged.`,
      { retryable: true },
    );
  }

  #start(admitted: AdmittedRequest): Job {
    const tokens: number[] = [];
    const listeners: Job["listeners"] = new Set();
    const done = this.#answer(admitted, { tokens, listeners }).finally(() => this.#jobs.delete(admitted.digest));
    const job: Job = { tokens, listeners, done };
    this.#jobs.set(admitted.digest, job);
    // Whoever asked may have gone; a job without listeners must not end the process.
    done.catch(this.deps.onFault);
    return job;
  }

  async #answer(admitted: AdmittedRequest, written: Written): Promise<StoredReceipt> {
    const attempts = await this.deps.ledger.beginAttempt(admitted.digest);
    try {
      if (attempts > attemptLimit) throw new Error(`${attemptLimit} attempts to answer it ended the process.`);
      const { receipt, answer } = await this.#compute(admitted, written);
      const hash = receiptHash(this.deps.domain, receipt);
      const signature = await this.deps.account.signTypedData(receiptTypedData(this.deps.domain, receipt));
      const stored = await this.deps.ledger.answer({ hash, digest: admitted.digest, receipt, signature, answer });
      this.deps.onReceipt();
      return stored;
    } catch (error) {
      if (error instanceof RunnerError && error.retryable) throw error;
      await this.deps.ledger.release(admitted.digest, error instanceof Error ? error.message : String(error));
      throw new RunnerError(
        "generation_failed",
        `Model ${admitted.voucher.model} could not answer this request. Nothing was charged and nonce ` +
          `${admitted.voucher.nonce} is free again.`,
        { retryable: false, cause: error },
      );
    }
  }

  async #compute(admitted: AdmittedRequest, written: Written): Promise<Pick<StoredReceipt, "receipt" | "answer">> {
    const model = this.deps.models.get(admitted.voucher.model);
    const letGo = model.hold();
    try {
      return await this.#computeWith(model, admitted, written);
    } finally {
      letGo();
    }
  }

  async #computeWith(
    model: ServedModel,
    { digest, voucher, request }: AdmittedRequest,
    written: Written,
  ): Promise<Pick<StoredReceipt, "receipt" | "answer">> {
    const promptIds = model.encode(request.prompt);
    // Both are the payer's: a seed of the runner's choosing would let it pick among answers.
    const seed = request.seed === zeroSeed ? digest : request.seed;
    const { tokens, finish } = await this.#generate(model, promptIds, { ...request, seed }, written);
    const attribution = await model.attribute(promptIds, tokens);

    const fee = answerFee(model.price, { promptTokens: promptIds.length, outputTokens: tokens.length });
    const receipt: Receipt = {
      channel: voucher.channel,
      model: voucher.model,
      nonce: voucher.nonce,
      cumulative: (await this.deps.ledger.owed(voucher.channel, voucher.model)) + fee,
      fee,
      promptTokens: promptIds.length,
      outputTokens: tokens.length,
      requestHash: voucher.requestHash,
      programRoot: model.programRoot,
      seed,
      outputHash: outputHash(request.salt, tokens),
      attributionHash: attributionHash({
        sharesHash: sharesHash(attribution.shares),
        recordsHash: attributionRecordsHash(attribution.records),
        methodHash: attribution.methodHash,
      }),
    };
    return { receipt, answer: { tokens, text: model.decode(tokens), finish, attribution } };
  }

  async #generate(
    model: ServedModel,
    promptIds: readonly number[],
    sampling: Sampling,
    { tokens, listeners }: Written,
  ): Promise<Generated> {
    let teller: AttributionTeller | "none" | undefined;
    const follow = () => {
      // it costs the engine passes that nobody has paid for
      if (this.#jobs.size > 1 || ![...listeners].some(hearsAttribution)) return;
      teller ??= this.#tellerOf(model, promptIds, listeners);
      if (teller !== "none") teller.onTokens(tokens);
    };
    try {
      return await model.generate(promptIds, sampling, (token) => {
        tokens.push(token);
        for (const listener of listeners) listener.onTokens(tokens);
        follow();
      });
    } finally {
      if (teller !== "none") await teller?.stop();
    }
  }

  /** What goes wrong costs statements, never the answer. */
  #tellerOf(
    model: ServedModel,
    promptIds: readonly number[],
    listeners: Written["listeners"],
  ): AttributionTeller | "none" {
    const { onFault } = this.deps;
    const tell = (attribution: ProvisionalAttribution) => {
      for (const listener of [...listeners].filter(hearsAttribution)) listener.onAttribution(attribution);
    };
    try {
      const followed = model.follow(promptIds);
      return followed === undefined ? "none" : new AttributionTeller(followed, tell, onFault);
    } catch (error) {
      onFault(error);
      return "none";
    }
  }
}

/** An answer so far, and who listens to it. */
type Written = Pick<Job, "tokens" | "listeners">;

function hearsAttribution(
  listener: AnswerListener,
): listener is Required<Pick<AnswerListener, "onAttribution">> & AnswerListener {
  return listener.onAttribution !== undefined && listener.gone?.aborted !== true;
}

/** Counting tokens takes time that nobody has paid for yet: what is far too long is not counted. */
function checkCharacters(model: ServedModel, prompt: string): void {
  const most = model.contextTokens * charactersPerToken;
  if (prompt.length <= most) return;
  throw new RunnerError(
    "request_too_long",
    `The prompt has ${prompt.length} characters; model ${model.model} takes ${model.contextTokens} tokens in all, ` +
      `and no more than ${most} characters are read. Shorten the prompt.`,
    { retryable: false, param: "prompt", details: { contextTokens: model.contextTokens } },
  );
}

function checkLength(model: ServedModel, promptTokens: number, maxTokens: number): void {
  if (promptTokens + maxTokens <= model.contextTokens) return;
  throw new RunnerError(
    "request_too_long",
    `The prompt has ${promptTokens} tokens and ${maxTokens} are asked for; model ${model.model} takes ` +
      `${model.contextTokens} in all. Shorten the prompt or lower max_tokens.`,
    { retryable: false, param: "max_tokens", details: { promptTokens, contextTokens: model.contextTokens } },
  );
}
