/**
 * The registered models and which of them this runner can answer with.
 *
 * STATES: `waiting` (registered; not loaded yet, or something it needs is not there, or false) → `ready`. What cannot be loaded is
 * tried again, less and less often; the loader remembers what is false for ever, so that such a try looks at the chain alone.
 * New registrations are seen by `refresh`, without a restart, and so is that a model was deprecated: it waits then, for ever,
 * and is looked at once an hour. Answers that are being made with it are made.
 */
import { type ChainReader, modelRegistryAbi, readModel } from "@openledger/sdk";
import { askChain } from "../chain/askChain.js";
import { describeError, type Log } from "../Log.js";
import { RunnerError } from "../RunnerError.js";
import { DeprecationWatch } from "./DeprecationWatch.js";
import type { ModelLoader, RegisteredModel } from "./ModelLoader.js";
import { ModelUnusable } from "./ModelUnusable.js";
import type { ModelShelf, ServedModel } from "./ServedModel.js";
import { waitingReason } from "./waitingReason.js";

interface ReadyEntry {
  readonly state: "ready";
  readonly registered: RegisteredModel;
  readonly served: ServedModel;
}

interface WaitingEntry {
  readonly state: "waiting";
  readonly registered: RegisteredModel;
  readonly reason: string;
  /** Whether waiting does not change the reason. */
  readonly isOver: boolean;
  readonly tries: number;
  /** Seconds since 1970. */
  readonly nextTry: number;
}

type Entry = ReadyEntry | WaitingEntry;

const longestWaitSeconds = 30;
/** A deprecated model is looked at again in case the block that said so was replaced. */
const deprecatedWaitSeconds = 3_600;
/** A node that is behind knows models and indexes of its past alone: by what it says nothing is dropped. */
const oldestBlockSeconds = 600;

export class ModelCatalogue implements ModelShelf {
  readonly #entries = new Map<bigint, Entry>();
  readonly #deprecations: DeprecationWatch;
  /** Models of which an event said that they were deprecated, and the registry was not asked yet. */
  readonly #suspects = new Set<bigint>();
  /** Models that keep what was loaded for them; undefined until what earlier processes left was looked through. */
  #retained: ReadonlySet<bigint> | undefined;

  constructor(
    private readonly reader: ChainReader,
    private readonly loader: Pick<ModelLoader, "load" | "retain">,
    /** Seconds since 1970. */
    private readonly now: () => number,
    private readonly log: Log,
  ) {
    this.#deprecations = new DeprecationWatch(reader);
  }

  list(): readonly ServedModel[] {
    return [...this.#entries.values()].flatMap((entry) => (entry.state === "ready" ? [entry.served] : []));
  }

  /** What is registered and not ready, with the reason. */
  waiting(): readonly { readonly model: bigint; readonly reason: string }[] {
    return [...this.#entries].flatMap(([model, entry]) =>
      entry.state === "waiting" ? [{ model, reason: entry.reason }] : [],
    );
  }

  get(model: bigint): ServedModel {
    const entry = this.#entries.get(model);
    if (entry?.state === "ready") return entry.served;
    if (entry === undefined) {
      throw new RunnerError("unknown_model", `No model ${model} is registered; /v1/models lists those served here.`, {
        retryable: false,
        param: "model",
      });
    }
    const { reason, isOver } = entry;
    const found = `Model ${model} is registered and not served here${isOver ? "" : " yet"}: ${reason}`;
    throw new RunnerError("model_not_ready", found, { retryable: !isOver, param: "model" });
  }

  /**
   * Reads what was registered and deprecated since the last call and loads what can be loaded. What no model needs any more is
   * dropped, at first also what earlier processes left on disk, once the chain's newest block is ten minutes old at the most and
   * there are models.
   *
   * @throws RunnerError `chain_unavailable`; what keeps the system from removing what is dropped
   */
  async refresh(): Promise<void> {
    const { publicClient, deployment } = this.reader;
    // before the models are read: what is deprecated meanwhile is told the next time
    for (const model of await this.#deprecations.next()) this.#suspects.add(model);
    const count = await askChain("the models' count", () =>
      publicClient.readContract({
        address: deployment.addresses.modelRegistry,
        abi: modelRegistryAbi,
        functionName: "modelCount",
      }),
    );
    for (let model = 1n; model <= count; model++) {
      const entry = this.#entries.get(model);
      if (this.#rests(model, entry)) continue;
      this.#entries.set(model, await this.#tryToLoad(model, entry));
      this.#suspects.delete(model);
    }
    if (count > 0n) await this.#retain();
  }

  #rests(model: bigint, entry: Entry | undefined): boolean {
    if (entry === undefined) return false;
    if (this.#suspects.has(model) && entry.registered.deprecatedAt === 0n) return false;
    return entry.state === "ready" || entry.nextTry > this.now();
  }

  /** A deprecated model is served never again; any other that waits may come to be. */
  async #retain(): Promise<void> {
    const kept = [...this.#entries].filter(([, { registered }]) => registered.deprecatedAt === 0n);
    const models = new Set(kept.map(([model]) => model));
    if (this.#retained !== undefined && [...this.#retained].every((model) => models.has(model))) {
      this.#retained = models;
      return;
    }
    const newest = await askChain("its newest block", () => this.reader.publicClient.getBlock());
    if (this.now() - Number(newest.timestamp) > oldestBlockSeconds) return;
    await this.loader.retain(kept.map(([, { registered }]) => registered));
    this.#retained = models;
  }

  /** Reads its registration anew: what loading it found false is false as long as that stays the same. */
  async #tryToLoad(model: bigint, before: Entry | undefined): Promise<Entry> {
    const registered = await this.#read(model);
    try {
      const base = registered.base === 0n ? undefined : await this.#registeredBase(registered.base);
      const served = await this.loader.load(model, registered, base);
      if (before?.state !== "ready") this.log("serves a model", { model, name: served.name });
      return { state: "ready", registered, served };
    } catch (error) {
      const reason = waitingReason(error);
      const { tries, reason: told } = before?.state === "waiting" ? before : { tries: 0, reason: undefined };
      const what = before?.state === "ready" ? "serves a model no longer" : "cannot serve a model yet";
      if (reason !== told) this.log(what, { model, error: describeError(error) });
      const wait = registered.deprecatedAt === 0n ? Math.min(2 ** tries, longestWaitSeconds) : deprecatedWaitSeconds;
      const isOver = error instanceof ModelUnusable && error.isFinal;
      return { state: "waiting", registered, reason, isOver, tries: tries + 1, nextTry: this.now() + wait };
    }
  }

  async #registeredBase(base: bigint): Promise<RegisteredModel> {
    return this.#entries.get(base)?.registered ?? (await this.#read(base));
  }

  #read(model: bigint): Promise<RegisteredModel> {
    return askChain(`model ${model}`, () => readModel(this.reader, model));
  }
}
