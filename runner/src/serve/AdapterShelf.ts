/** Adapters of registered models, each fetched, checked and loaded into the engine once. */
import { type AdapterHandle, type AdapterSource, RuntimeError } from "@openledger/engine";
import { decodeTrainingManifest, InvalidValueError, MalformedDocumentError, weightsRoot } from "@openledger/sdk";
import type { Hex } from "viem";
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
  /** Those that models are served by, or wait with, by what was asked. */
  readonly #kept = new Map<string, AdapterHandle>();
  /** How many answers are made with each, by id. */
  readonly #users = new Map<Hex, number>();
  /** No registration's any more, unless another has the same files: they leave the engine behind the last user. */
  readonly #dropped = new Map<Hex, AdapterHandle>();
  /** How many the engine is given now: before it names one, nobody knows whether it is one of those dropped. */
  #loading = 0;

  /** @param onFault Told why an adapter did not leave the engine */
  constructor(
    private readonly files: Pick<FileCache, "get">,
    private readonly base: Pick<BaseModel, "weightsRoot" | "programRoot" | "runtime">,
    private readonly onFault: (error: unknown) => void,
  ) {}

  /**
   * The adapter of a registration. One that is false is not fetched, nor loaded into the engine, a second time.
   *
   * @throws ModelUnusable with what of it is false; ContentUnavailableError, ContentErasedError, ContentMismatchError;
   * RuntimeError `runtime_failed`, `runtime_closed`
   */
  load(registered: RegisteredAdapter): Promise<AdapterHandle> {
    const asked = keyOf(registered);
    return this.#loaded.do(asked, () => this.#load(asked, registered).catch(asFinal));
  }

  /**
   * Keeps an adapter in the engine while an answer is made with it, also when it is dropped meanwhile.
   *
   * @returns Ends that; to be called once
   */
  hold({ id }: AdapterHandle): () => void {
    this.#users.set(id, (this.#users.get(id) ?? 0) + 1);
    return () => {
      const users = this.#users.get(id)! - 1;
      if (users > 0) this.#users.set(id, users);
      else this.#users.delete(id);
      void this.#unloadUnused();
    };
  }

  /** Drops the adapters of other registrations than these, and forgets which of theirs were false; to be called while none is loaded. */
  async retain(wanted: readonly RegisteredAdapter[]): Promise<void> {
    const keys = new Set(wanted.map(keyOf));
    for (const [asked, adapter] of this.#kept) {
      if (keys.has(asked)) continue;
      this.#dropped.set(adapter.id, adapter);
      this.#kept.delete(asked);
    }
    this.#loaded.retain((asked) => keys.has(asked));
    await this.#unloadUnused();
  }

  async #unloadUnused(): Promise<void> {
    for (const [id, adapter] of this.#dropped) {
      if (this.#loading > 0) return;
      if (this.#users.has(id)) continue;
      this.#dropped.delete(id);
      if ([...this.#kept.values()].some((kept) => kept.id === id)) continue;
      await this.base.runtime.unloadAdapter(adapter).catch(this.onFault);
    }
  }

  async #load(asked: string, registered: RegisteredAdapter): Promise<AdapterHandle> {
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
    return this.#loadChecked(asked, registered, {
      config: JSON.stringify(manifest.adapterConfig),
      weights,
      baseWeightsRoot: manifest.baseWeightsRoot,
    });
  }

  async #loadChecked(asked: string, registered: RegisteredAdapter, source: AdapterSource): Promise<AdapterHandle> {
    this.#loading++;
    try {
      const adapter = await this.base.runtime.loadAdapter(source);
      const program = this.base.programRoot({ ...registered, ...adapter });
      if (program === registered.programRoot) {
        this.#kept.set(asked, adapter);
        return adapter;
      }
      // the same files may be another model's
      this.#dropped.set(adapter.id, adapter);
      throw new ModelUnusable(
        `Its program root is ${registered.programRoot}; its files compile to ${program} on this engine, tier and arithmetic.`,
      );
    } finally {
      this.#loading--;
      await this.#unloadUnused();
    }
  }
}

function keyOf({ manifestHash, weightsRoot, programRoot }: RegisteredAdapter): string {
  return `${manifestHash}/${weightsRoot}/${programRoot}`;
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
