/** Adapters of registered models, each fetched, checked and loaded into the engine once. */
import { type AdapterHandle, RuntimeError } from "@openledger/engine";
import { decodeTrainingManifest, InvalidValueError, MalformedDocumentError, weightsRoot } from "@openledger/sdk";
import type { BaseModel } from "./BaseModel.js";
import type { FileCache } from "./FileCache.js";
import type { RegisteredModel } from "./ModelLoader.js";
import { ModelUnusable } from "./ModelUnusable.js";
import { Once } from "./Once.js";

/** What the engine says of files that are no adapter of its base. */
const FALSE_FILES: ReadonlySet<string> = new Set([
  "adapter_mismatch",
  "adapter_unsupported",
  "manifest_malformed",
  "model_unusable",
]);

type RegisteredAdapter = Pick<RegisteredModel, "manifestHash" | "weightsRoot" | "programRoot">;

export class AdapterShelf {
  readonly #loaded = new Once<AdapterHandle>();
  /** Ids of those that models are served by, or wait with. */
  readonly #kept = new Set<string>();

  constructor(
    private readonly files: Pick<FileCache, "get">,
    private readonly base: Pick<BaseModel, "weightsRoot" | "programRoot" | "runtime">,
  ) {}

  /**
   * The adapter of a registration. One that is false is not fetched, nor loaded into the engine, a second time.
   *
   * @throws ModelUnusable with what of it is false; ContentUnavailableError, ContentErasedError, ContentMismatchError;
   * RuntimeError `runtime_failed`, `runtime_closed`
   */
  load(registered: RegisteredAdapter): Promise<AdapterHandle> {
    const asked = `${registered.manifestHash}/${registered.weightsRoot}/${registered.programRoot}`;
    return this.#loaded.do(asked, () => this.#load(registered).catch(asFinal));
  }

  async #load(registered: RegisteredAdapter): Promise<AdapterHandle> {
    const manifest = decodeTrainingManifest(await this.files.get(registered.manifestHash));
    if (manifest.baseWeightsRoot !== this.base.weightsRoot) {
      throw new ModelUnusable(`It was trained over base ${manifest.baseWeightsRoot}, not ${this.base.weightsRoot}.`);
    }
    const weights = await this.files.get(manifest.weights.hash);
    const found = weightsRoot(weights);
    if (found !== registered.weightsRoot) {
      throw new ModelUnusable(
        `Its weights root is ${registered.weightsRoot}; the file ${manifest.weights.hash} of its manifest has ${found}.`,
      );
    }
    const adapter = await this.base.runtime.loadAdapter({
      config: JSON.stringify(manifest.adapterConfig),
      weights,
      baseWeightsRoot: manifest.baseWeightsRoot,
    });
    const program = this.base.programRoot({ ...registered, ...adapter });
    if (program === registered.programRoot) {
      this.#kept.add(adapter.id);
      return adapter;
    }
    // the same files may be another model's
    if (!this.#kept.has(adapter.id)) await this.base.runtime.unloadAdapter(adapter);
    throw new ModelUnusable(
      `Its program root is ${registered.programRoot}; its files compile to ${program} on this engine, tier and arithmetic.`,
    );
  }
}

/** All that is read here is named by its hash: what is malformed stays so. */
function asFinal(error: unknown): never {
  const isFalse =
    error instanceof MalformedDocumentError ||
    error instanceof InvalidValueError ||
    (error instanceof RuntimeError && FALSE_FILES.has(error.code));
  throw isFalse ? new ModelUnusable(sentence(error.message), { cause: error }) : error;
}

function sentence(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
