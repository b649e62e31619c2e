/** Makes a registered model servable: every file is fetched by its hash and checked against the root on the chain. */
import { setTimeout as delay } from "node:timers/promises";
import {
  type AdapterHandle,
  type AttributionVersion,
  attributeAnswer,
  excerpt,
  type MatchSearch,
  RuntimeError,
  type SearchedRecords,
} from "@openledger/engine";
import {
  type AttributedRecord,
  attributionMethodHash,
  type ChainReader,
  decodeTrainingManifest,
  type readModel,
  weightsRoot,
} from "@openledger/sdk";
import { hexToBytes } from "viem";
import { RunnerError } from "../RunnerError.js";
import type { RequestLedger } from "../store/RequestLedger.js";
import type { BaseModel } from "./BaseModel.js";
import { citeAnswer } from "./citeAnswer.js";
import type { FileCache } from "./FileCache.js";
import type { IndexShelf } from "./IndexShelf.js";
import { loadIndex } from "./loadIndex.js";
import { type LoadedVersion, loadVersion } from "./loadVersion.js";
import { ModelUnusable } from "./ModelUnusable.js";
import type { ServedModel } from "./ServedModel.js";

/** A model as the registry holds it. */
export type RegisteredModel = Awaited<ReturnType<typeof readModel>>;

/** Anyone can register the same weights again at a price of nothing: what a runner serves for at least, base units. */
export type LeastPrice = { readonly perPromptToken: bigint; readonly perOutputToken: bigint };

/** While one model waits, those after it do. */
const PATIENCE_MS = 5000;

type ServedVersion = AttributionVersion &
  Pick<LoadedVersion, "origins" | "root"> & {
    /** Absent where there was no room for it. */
    readonly searched: SearchedRecords | undefined;
    /** By their places. */
    readonly erased: ReadonlySet<number>;
  };

export class ModelLoader {
  readonly #versions = new Map<string, Promise<ServedVersion>>();
  /** Versions that take long: nobody waits for them any more. */
  readonly #late = new Set<string>();
  /** Adapters of models that are served. */
  readonly #inUse = new Set<string>();

  constructor(
    private readonly reader: ChainReader,
    private readonly files: FileCache,
    private readonly indexes: Pick<IndexShelf, "fetch">,
    readonly base: BaseModel,
    private readonly leastPrice: LeastPrice,
    private readonly search: Pick<MatchSearch, "add">,
    private readonly ledger: Pick<RequestLedger, "forgetRecords">,
    private readonly onFault: (error: unknown) => void,
    /** How long loading a model waits for one of its versions, milliseconds. */
    private readonly patienceMs = PATIENCE_MS,
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
      registered.versions.map(({ datanet, version }) => this.#loadVersion(datanet, version, registered.base)),
    );
    if (adapter !== undefined) this.#inUse.add(adapter.id);
    return this.#served(model, registered, adapter, versions);
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

  /** Models of one version share its records and index. One that takes long is fetched on while others are loaded. */
  async #loadVersion(datanet: bigint, version: number, base: bigint): Promise<ServedVersion> {
    const key = `${datanet}/${version}/${base}`;
    const loading = this.#versions.get(key) ?? this.#startVersion(key, datanet, version, base);
    const patience = new AbortController();
    const late = delay(this.#late.has(key) ? 0 : this.patienceMs, undefined, { signal: patience.signal });
    const found = await Promise.race([loading, late.catch(() => undefined)]).finally(() => patience.abort());
    if (found !== undefined) return found;
    this.#late.add(key);
    throw new ModelUnusable(`Version ${version} of Datanet ${datanet} is still being fetched.`);
  }

  #startVersion(key: string, datanet: bigint, version: number, base: bigint): Promise<ServedVersion> {
    const loading = this.#readVersion(datanet, version, base);
    this.#versions.set(key, loading);
    loading.catch(() => {
      this.#versions.delete(key);
      // why it failed is told by the next try, if somebody waits for it
      this.#late.delete(key);
    });
    return loading;
  }

  async #readVersion(datanet: bigint, version: number, base: bigint): Promise<ServedVersion> {
    const { origins, texts, root } = await loadVersion(this.reader, this.files, datanet, version);
    const index = await loadIndex(this.reader, this.files, this.indexes, {
      datanet,
      version,
      base,
      recordCount: origins.length,
      baseWeightsRoot: this.base.weightsRoot,
    });
    const contributors = origins.map(({ contributor }) => contributor);
    const erased = new Set(texts.flatMap((text, place) => (text === undefined ? [place] : [])));
    if (erased.size > 0) {
      const sources = new Map([...erased].map((place) => [place, origins[place]!.source]));
      await this.ledger.forgetRecords({ datanet, version }, sources);
    }
    const searched = this.#searched(texts.map((text) => text ?? ""));
    return { datanet, version, index, origins, root, contributors, searched, erased };
  }

  /** A version that there is no room for is served all the same. */
  #searched(texts: readonly string[]): SearchedRecords | undefined {
    try {
      return this.search.add(texts);
    } catch (error) {
      this.onFault(error);
      return undefined;
    }
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
        const records = answer.records.map((record) => this.#describe(versions, record));
        return { ...answer, records, ...(citations !== undefined && { citations }) };
      },
    };
  }

  #describe(
    versions: readonly ServedVersion[],
    record: Awaited<ReturnType<typeof attributeAnswer>>["records"][number],
  ): AttributedRecord {
    const { datanet, version, recordIndex, share, span } = record;
    const from = versions.find((one) => one.datanet === datanet && one.version === version);
    const origin = from?.origins[Number(recordIndex)];
    if (from === undefined || origin === undefined)
      throw new Error(`No record ${recordIndex} in ${datanet}/${version}.`);
    // an index has what was erased until it is replaced: nobody is shown it
    const isGone = from.erased.has(Number(recordIndex));
    const text = isGone ? "" : excerpt(this.base.tokenizer, from.index, recordIndex, span);
    return { datanet, version, recordIndex, share, ...origin, excerpt: text };
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
