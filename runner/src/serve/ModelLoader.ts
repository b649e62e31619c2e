/**
 * Makes a registered model servable: every file is fetched by its hash and checked against the root on the chain. To try again costs
 * no more than what may have changed: what was found right, and what is false for ever, is remembered by what was asked.
 */
import { type AdapterHandle, attributeAnswer, RunningAttribution, RuntimeError } from "@openledger/engine";
import { attributionMethodHash, type readModel } from "@openledger/sdk";
import { hexToBytes } from "viem";
import { RunnerError } from "../RunnerError.js";
import type { AdapterShelf } from "./AdapterShelf.js";
import type { BaseModel } from "./BaseModel.js";
import { citeAnswer } from "./citeAnswer.js";
import { describeRecords } from "./describeRecords.js";
import { ModelUnusable } from "./ModelUnusable.js";
import type { ServedModel } from "./ServedModel.js";
import type { ServedVersion, VersionShelf } from "./VersionShelf.js";

/** A model as the registry holds it. */
export type RegisteredModel = Awaited<ReturnType<typeof readModel>>;

/** Anyone can register the same weights again at a price of nothing: what a runner serves for at least, base units. */
export type LeastPrice = { readonly perPromptToken: bigint; readonly perOutputToken: bigint };

export class ModelLoader {
  constructor(
    private readonly adapters: Pick<AdapterShelf, "load" | "hold" | "retain">,
    private readonly versions: Pick<VersionShelf, "load" | "hold" | "retain">,
    readonly base: BaseModel,
    private readonly leastPrice: LeastPrice,
    private readonly onFault: (error: unknown) => void,
  ) {}

  /**
   * @param baseModel The registered base of an adapter; undefined for a base.
   * @throws ModelUnusable, final where its registration is at fault; those of `AdapterShelf.load` and `VersionShelf.load`
   */
  async load(model: bigint, registered: RegisteredModel, baseModel: RegisteredModel | undefined): Promise<ServedModel> {
    if (registered.deprecatedAt !== 0n) throw new ModelUnusable("Its owner, or a verdict, has deprecated it.");
    this.#checkPrice(registered);
    const root = (baseModel ?? registered).weightsRoot;
    if (root !== this.base.weightsRoot) {
      throw new ModelUnusable(`Its base has weights root ${root}; this runner's base has ${this.base.weightsRoot}.`);
    }
    const adapter = baseModel === undefined ? undefined : await this.adapters.load(registered);
    if (adapter === undefined) this.#checkBase(registered);
    const versions = await Promise.all(
      registered.versions.map(({ datanet, version }) => this.versions.load(datanet, version, registered.base)),
    );
    return this.#served(model, registered, adapter, versions);
  }

  /**
   * Drops what was loaded for other models than these: adapters, versions and what is remembered of both, and indexes on disk. The
   * files of adapters and contributions stay on disk, and of contributions what their Datanet's other versions have; what an answer
   * is made with stays until that is made.
   *
   * @throws those of `VersionShelf.retain`
   */
  async retain(models: readonly RegisteredModel[]): Promise<void> {
    await this.adapters.retain(models);
    await this.versions.retain(models.flatMap(({ base, versions }) => versions.map((one) => ({ ...one, base }))));
  }

  #checkPrice({ price }: RegisteredModel): void {
    for (const part of ["perPromptToken", "perOutputToken"] as const) {
      if (price[part] >= this.leastPrice[part]) continue;
      throw new ModelUnusable(
        `Its ${part} is ${price[part]}; this runner serves for ${this.leastPrice[part]} or more.`,
      );
    }
  }

  #checkBase({ programRoot }: RegisteredModel): void {
    const program = this.base.programRoot(null);
    if (program === programRoot) return;
    throw new ModelUnusable(
      `Its program root is ${programRoot}; its files compile to ${program} on this engine, tier and arithmetic.`,
    );
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
      hold: () => {
        const letGo = [this.versions.hold(versions), adapter === undefined ? undefined : this.adapters.hold(adapter)];
        return () => {
          for (const end of letGo) end?.();
        };
      },
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
        const attribute = async () => {
          const answer = await withEngine(() => attributeAnswer(runtime, { versions, promptIds, outputIds: tokens }));
          return { ...answer, records: await describeRecords(versions, answer.records, tokenizer) };
        };
        // at once: neither waits for what the other waits for
        const [answer, citations] = await Promise.all([
          attribute(),
          citeAnswer(versions, tokenizer.decode(tokens), this.onFault),
        ]);
        return { ...answer, ...(citations !== undefined && { citations }) };
      },
      follow: (promptIds) => (versions.length === 0 ? undefined : new RunningAttribution(runtime, versions, promptIds)),
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
