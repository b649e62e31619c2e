/**
 * Recomputes a receipt's answer and its attribution and compares both with what the runner signed, bit for bit.
 *
 * Both are drawn from exact programs: equal inputs give equal bits on every machine. The inputs are bound by the receipt:
 * the prompt by its request hash, the answer by its output hash, the draw by its seed. The whole answer is drawn again in
 * a few parallel runs, then attributed by the frozen base.
 */
import {
  type AttributionVersion,
  attributeAnswer,
  type Runtime,
  RuntimeError,
  type Tokenizer,
} from "@openledger/engine";
import { attributionRecordsHash, outputHash, type Receipt, requestHash, sharesHash } from "@openledger/sdk";
import { type Hex, hexToBytes } from "viem";
import { OracleError } from "../OracleError.js";
import type { ChainFacts, RegisteredModel } from "../store/ChainFacts.js";
import type { AdapterShelf } from "./AdapterShelf.js";
import { checkSeed, type SeedDeps } from "./checkSeed.js";
import type { ReceiptFault } from "./ReceiptFault.js";
import type { DisclosedAnswer } from "./RunnerClient.js";
import type { ReadReceipt } from "./readBatchFile.js";
import type { VersionShelf } from "./VersionShelf.js";

export interface AttributionAuditorDeps {
  readonly runtime: Runtime;
  readonly tokenizer: Tokenizer;
  readonly versions: Pick<VersionShelf, "use">;
  readonly adapters: AdapterShelf;
  readonly seeds: SeedDeps;
  readonly facts: ChainFacts;
}

/** Characters. Counting tokens holds this program's one thread: seconds for so many, and false epochs do not wait. */
const longestPrompt = 131_072;

export class AttributionAuditor {
  constructor(private readonly deps: AttributionAuditorDeps) {}

  /** Loads what a model's receipts will need, so that the first of them does not wait for it. */
  async prepare(model: RegisteredModel, signal: AbortSignal): Promise<void> {
    await this.#withVersions(model, signal, async () => {});
  }

  /**
   * @returns What is false, or undefined when every bit is equal.
   * @throws OracleError `unsupported_base` when this oracle has another base than the model; those of `VersionShelf`.
   */
  async audit(
    entry: ReadReceipt,
    model: RegisteredModel,
    answer: DisclosedAnswer,
    signal: AbortSignal,
  ): Promise<ReceiptFault | undefined> {
    const { receipt } = entry;
    const request = requestHash({ ...answer, model: receipt.model });
    if (request !== receipt.requestHash) return { check: "request", asked: receipt.requestHash, found: request };
    const output = outputHash(answer.salt, answer.outputTokens);
    if (output !== receipt.outputHash || answer.outputTokens.length !== receipt.outputTokens) {
      return {
        check: "output",
        asked: `${receipt.outputTokens} tokens with hash ${receipt.outputHash}`,
        found: `${answer.outputTokens.length} tokens with hash ${output}`,
      };
    }

    if (answer.prompt.length > longestPrompt) {
      return { check: "prompt_tokens", asked: `at most ${longestPrompt} characters`, found: `${answer.prompt.length}` };
    }
    return this.#withVersions(model, signal, (versions) => this.#recompute(entry, model, versions, answer, signal));
  }

  async #recompute(
    entry: ReadReceipt,
    model: RegisteredModel,
    versions: readonly AttributionVersion[],
    answer: DisclosedAnswer,
    signal: AbortSignal,
  ): Promise<ReceiptFault | undefined> {
    const { runtime, tokenizer } = this.deps;
    const { receipt } = entry;
    const promptIds = tokenizer.encode(answer.prompt);
    if (promptIds.length !== receipt.promptTokens) {
      return { check: "prompt_tokens", asked: `${promptIds.length}`, found: `${receipt.promptTokens}` };
    }
    const drawn = await this.#checkOutput(receipt, model, { promptIds, answer, signal });
    if (drawn !== undefined) return drawn;
    const found = await attributeAnswer(runtime, { versions, promptIds, outputIds: answer.outputTokens, signal }).catch(
      (error: unknown) => {
        if (error instanceof RuntimeError && error.code === "invalid_request") return error;
        throw error;
      },
    );
    if (found instanceof RuntimeError) {
      return { check: "output", asked: "tokens that the base reads", found: found.message };
    }
    return (
      differing("method", found.methodHash, entry.methodHash) ??
      differing("records", attributionRecordsHash(found.records), recordsHashOf(entry)) ??
      differing("shares", sharesHash(found.shares), sharesHash(entry.shares))
    );
  }

  /** The seed, the program, and every token of the answer. */
  async #checkOutput(
    receipt: Receipt,
    model: RegisteredModel,
    asked: { readonly promptIds: readonly number[]; readonly answer: DisclosedAnswer; readonly signal: AbortSignal },
  ): Promise<ReceiptFault | undefined> {
    const { runtime, adapters, seeds } = this.deps;
    const { promptIds, answer, signal } = asked;
    const seed = await checkSeed(seeds, receipt, answer);
    if (seed !== undefined) return seed;
    const program = await adapters.get(model, signal);
    if ("fault" in program) return program.fault;
    const { outputTokens: outputIds, maxTokens, temperatureMilli, topPMilli, topK, repetitionPenaltyMilli } = answer;
    const fault = await runtime
      .audit({
        ...(program.adapter === undefined ? {} : { adapter: program.adapter }),
        promptIds,
        outputIds,
        maxTokens,
        temperatureMilli,
        topPMilli,
        topK,
        repetitionPenaltyMilli,
        seed: hexToBytes(receipt.seed),
        signal,
      })
      .catch((error: unknown) => {
        if (error instanceof RuntimeError && REFUSED.has(error.code)) return error;
        throw error;
      });
    if (fault === undefined) return undefined;
    if (fault instanceof RuntimeError) {
      return { check: "output", asked: "a request that the program takes", found: fault.message };
    }
    const { index, expected, found } = fault;
    return { check: "output", asked: `${expected} at token ${index}`, found: `${found ?? "the end of the answer"}` };
  }

  async #withVersions<T>(
    model: RegisteredModel,
    signal: AbortSignal,
    work: (versions: readonly AttributionVersion[]) => Promise<T>,
  ): Promise<T> {
    const { facts, runtime, versions } = this.deps;
    const base = model.base === 0n ? model : await facts.model(model.base);
    if (base?.weightsRoot !== runtime.weightsRoot) {
      throw new OracleError(
        "unsupported_base",
        `Model ${model.model} stands on weights ${base?.weightsRoot}; this oracle holds ${runtime.weightsRoot}. ` +
          "Start it with that base's folder.",
        { retryable: true },
      );
    }
    return versions.use(model.versions, base.model, signal, work);
  }
}

/** What the engine says of a request that no answer can be drawn for. */
const REFUSED: ReadonlySet<string> = new Set(["invalid_request", "context_exceeded"]);

function recordsHashOf({ recordsHash, records }: ReadReceipt): Hex {
  return recordsHash ?? attributionRecordsHash(records);
}

function differing(check: ReceiptFault["check"], asked: string, found: string): ReceiptFault | undefined {
  return asked === found ? undefined : { check, asked, found };
}
