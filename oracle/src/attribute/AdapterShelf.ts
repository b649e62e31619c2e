/** The exact programs of registered models, compiled from what their manifests name. */
import { type AdapterHandle, type Runtime, RuntimeError } from "@openledger/engine";
import {
  type ContentClient,
  decodeBaseManifest,
  decodeTrainingManifest,
  type ProgramRef,
  weightsRoot,
} from "@openledger/sdk";
import { OracleError } from "../OracleError.js";
import type { RegisteredModel } from "../store/ChainFacts.js";
import type { ReceiptFault } from "./ReceiptFault.js";

export interface AdapterShelfDeps {
  readonly runtime: Runtime;
  readonly content: ContentClient;
}

/** What answers of a model are drawn by: an adapter over the base, or the base; or why the registration is false. */
export type ModelProgram = { readonly adapter: AdapterHandle | undefined } | { readonly fault: ReceiptFault };

/** Models kept in memory. */
const keptModels = 64;

export class AdapterShelf {
  readonly #models = new Map<bigint, Promise<ModelProgram>>();

  constructor(private readonly deps: AdapterShelfDeps) {}

  /**
   * @throws OracleError `unsupported_program` when this oracle compiles to another tier or arithmetic; `content_mismatch`;
   * ContentUnavailableError
   */
  async get(model: RegisteredModel, signal: AbortSignal): Promise<ModelProgram> {
    const known = this.#models.get(model.model);
    if (known !== undefined) return known;
    const loading = this.#load(model, signal);
    this.#models.set(model.model, loading);
    // What failed is tried again by the next caller.
    loading.catch(() => this.#models.delete(model.model));
    if (this.#models.size > keptModels) await this.#forget();
    return loading;
  }

  async #load(model: RegisteredModel, signal: AbortSignal): Promise<ModelProgram> {
    const { runtime, content } = this.deps;
    const manifest = await content.get(model.manifestHash, { signal });
    if (model.base === 0n) {
      this.#checkProgram(model, decodeBaseManifest(manifest).program);
      return judged(model, runtime.programRoot(null), undefined);
    }
    const { program, weights, adapterConfig, baseWeightsRoot } = decodeTrainingManifest(manifest);
    this.#checkProgram(model, program);
    const bytes = await content.get(weights.hash, { signal });
    const root = weightsRoot(bytes);
    if (root !== model.weightsRoot) return { fault: { check: "program", asked: model.weightsRoot, found: root } };
    try {
      const files = { config: JSON.stringify(adapterConfig), weights: bytes, baseWeightsRoot };
      const adapter = await runtime.loadAdapter(files);
      return judged(model, runtime.programRoot({ weightsRoot: root, programId: adapter.programId }), adapter);
    } catch (error) {
      // What no engine can load, no runner has served.
      if (!(error instanceof RuntimeError) || !UNUSABLE.has(error.code)) throw error;
      return { fault: { check: "program", asked: "an adapter that compiles over its base", found: error.message } };
    }
  }

  #checkProgram({ model }: RegisteredModel, { tier, arithmetic }: ProgramRef): void {
    const own = this.deps.runtime;
    if (tier === own.tier && arithmetic === own.arithmetic) return;
    throw new OracleError(
      "unsupported_program",
      `Model ${model} is a program of tier ${tier} in ${arithmetic}; this oracle compiles to ${own.tier} in ` +
        `${own.arithmetic}. Start one with ENGINE_TIER=${tier} ENGINE_ARITHMETIC=${arithmetic}.`,
      { retryable: true },
    );
  }

  /** The one that was loaded first goes. */
  async #forget(): Promise<void> {
    const [oldest] = this.#models;
    if (oldest === undefined) return;
    this.#models.delete(oldest[0]);
    const gone = await oldest[1].catch(() => undefined);
    const adapter = gone === undefined || "fault" in gone ? undefined : gone.adapter;
    const others = await Promise.all([...this.#models.values()].map((other) => other.catch(() => undefined)));
    const inUse = others.some(
      (other) => other !== undefined && "adapter" in other && other.adapter?.id === adapter?.id,
    );
    if (adapter !== undefined && !inUse) await this.deps.runtime.unloadAdapter(adapter);
  }
}

const UNUSABLE: ReadonlySet<string> = new Set(["adapter_mismatch", "adapter_unsupported", "model_unusable"]);

function judged(model: RegisteredModel, compiled: string, adapter: AdapterHandle | undefined): ModelProgram {
  if (compiled === model.programRoot) return { adapter };
  return { fault: { check: "program", asked: compiled, found: model.programRoot } };
}
