/** Makes a registered model servable: every file is fetched by its hash and checked against the root on the chain. */
import { type AdapterHandle, attributeAnswer, RuntimeError } from "@openledger/engine";
import { attributionMethodHash, decodeTrainingManifest, type readModel, weightsRoot } from "@openledger/sdk";
import { hexToBytes } from "viem";
import { RunnerError } from "../RunnerError.js";
import type { BaseModel } from "./BaseModel.js";
import { citeAnswer } from "./citeAnswer.js";
import { describeRecords } from "./describeRecords.js";
import type { FileCache } from "./FileCache.js";
import { ModelUnusable } from "./ModelUnusable.js";
import type { ServedModel } from "./ServedModel.js";
import type { ServedVersion, VersionShelf } from "./VersionShelf.js";

/** A model as the registry holds it. */
export type RegisteredModel = Awaited<ReturnType<typeof readModel>>;

/** Anyone can register the same weights again at a price of nothing: what a runner serves for at least, base units. */
export type LeastPrice = { readonly perPromptToken: bigint; readonly perOutputToken: bigint };

export class ModelLoader {
  /** Adapters of models that are served. */
  readonly #inUse = new Set<string>();

  constructor(
    private readonly files: Pick<FileCache, "get">,
    private readonly versions: Pick<VersionShelf, "load" | "hold" | "retain">,
    readonly base: BaseModel,
    private readonly leastPrice: LeastPrice,
    private readonly onFault: (error: unknown) => void,
  ) {}

  /**
   * @param baseModel The registered base of an adapter; undefined for a base.
   * @throws ModelUnusable, RunnerError `chain_unavailable`, ContentUnavailableError, ContentMismatchError
   */
  async load(model: bigint, registered: RegisteredModel, baseModel: RegisteredModel | undefined): Promise<ServedModel> {
    if (registered.deprecatedAt !== 0n) throw new ModelUnusable("Its owner, or a verdict, has deprecated it.");
    this.#checkPrice(registered);
    const root = (baseModel ?? registered).weightsRoot;
    if (root !== this.base.weightsRoot) {
      throw new ModelUnusable(`Its base has weights root ${root}; this runner's base has ${this.base.weightsRoot}.`);
    }
    const adapter = baseModel === undefined ? undefined : await this.#loadAdapter(registered);
    const program = this.base.programRoot(adapter === undefined ? null : { ...registered, ...adapter });
    if (program !== registered.programRoot) {
      // The same files may be another model's, which is served.
      if (adapter !== undefined && !this.#inUse.has(adapter.id)) await this.base.runtime.unloadAdapter(adapter);
      throw new ModelUnusable(
        `Its program root is ${registered.programRoot}; its files compile to ${program} on this engine, tier and arithmetic.`,
      );
    }
    const versions = await Promise.all(
      registered.versions.map(({ datanet, version }) => this.versions.load(datanet, version, registered.base)),
    );
    if (adapter !== undefined) this.#inUse.add(adapter.id);
    return this.#served(model, registered, adapter, versions);
  }

  /**
   * Drops what was loaded for other models than these, in memory and on disk.
   *
   * @throws those of `VersionShelf.retain`
   */
  retain(models: readonly RegisteredModel[]): Promise<void> {
    return this.versions.retain(models.flatMap(({ base, versions }) => versions.map((one) => ({ ...one, base }))));
  }

  #checkPrice({ price }: RegisteredModel): void {
    for (const part of ["perPromptToken", "perOutputToken"] as const) {
      if (price[part] >= this.leastPrice[part]) continue;
      throw new ModelUnusable(
        `Its ${part} is ${price[part]}; this runner serves for ${this.leastPrice[part]} or more.`,
      );
    }
  }

  async #loadAdapter(registered: RegisteredModel): Promise<AdapterHandle> {
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
    return this.base.runtime.loadAdapter({
      config: JSON.stringify(manifest.adapterConfig),
      weights,
      baseWeightsRoot: manifest.baseWeightsRoot,
    });
  }

  #served(
    model: bigint,
    registered: RegisteredModel,
    adapter: AdapterHandle | undefined,
    versions: readonly ServedVersion[],
  ): ServedModel {
    const { runtime, tokenizer, contextTokens } = this.base;
    return {
      model,
      base: registered.base,
      name: registered.name,
      weightsRoot: registered.weightsRoot,
      programRoot: registered.programRoot,
      price: registered.price,
      registeredAt: registered.registeredAt,
      contextTokens,
      hold: () => this.versions.hold(versions),
      encode: (text) => tokenizer.encode(text),
      decode: (tokens) => tokenizer.decode(tokens),
      generate: (promptIds, { seed, ...sampling }, onToken) =>
        withEngine(() =>
          runtime.generate({
            ...(adapter === undefined ? {} : { adapter }),
            promptIds,
            ...sampling,
            seed: hexToBytes(seed),
            onToken,
          }),
        ),
      attribute: async (promptIds, tokens) => {
        if (versions.length === 0) return { shares: [], records: [], methodHash: attributionMethodHash([]) };
        const [answer, citations] = await Promise.all([
          withEngine(() => attributeAnswer(runtime, { versions, promptIds, outputIds: tokens })),
          citeAnswer(versions, tokenizer.decode(tokens), this.onFault),
        ]);
        const records = await describeRecords(versions, answer.records, tokenizer);
        return { ...answer, records, ...(citations !== undefined && { citations }) };
      },
    };
  }
}

/** A worker that ended answers again after a restart: its requests wait for it. */
async function withEngine<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RuntimeError && (error.retryable || error.code === "runtime_closed")) {
      throw new RunnerError("generation_failed", "The engine stopped. Send the same request again in a moment.", {
        retryable: true,
        cause: error,
      });
    }
    throw error;
  }
}
