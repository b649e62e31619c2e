import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseAdapter, textLosses, trainAdapter } from "@openledger/engine";
import { canonicalJson } from "@openledger/sdk";
import type { RegisteredAdapter } from "../registered/readRegisteredModel.js";
import { trainingRecipe } from "../registered/trainingRecipe.js";
import type { Query } from "../truth/scores.js";

/** Of what is trained and measured here: another makes losses that are not comparable with kept ones. */
const METHOD = 1;

/**
 * Trains a registered model anew on subsets of its records, by its manifest's recipe but for the steps:
 * half of its own for every subset, so that what is compared is which records there were, not how many. What was trained once is kept.
 */
export class SubsetTrainer {
  readonly #recipe;
  readonly #queriesHash;

  /** @param folder Where the losses of each training are kept */
  constructor(
    private readonly model: RegisteredAdapter,
    private readonly texts: readonly string[],
    private readonly queries: readonly Query[],
    private readonly options: { readonly threads: number; readonly folder: string; readonly signal?: AbortSignal },
  ) {
    this.#recipe = trainingRecipe(model.manifest);
    this.#queriesHash = hash(canonicalJson(queries.map(({ ids, from }) => ({ ids: [...ids], from }))));
  }

  /**
   * Mean loss of each query in nats a token, after training on some records.
   *
   * @param records Their numbers, ascending
   * @param seeds How far the adapter's start, and the order of the records, are from the model's own
   * @throws TrainingError; the signal's reason when it is aborted, after the running step
   */
  async losses(records: readonly number[], seeds: Seeds): Promise<readonly number[]> {
    const { folder, threads, signal } = this.options;
    const path = join(folder, `${this.#keyOf(records, seeds)}.json`);
    const kept = await this.#kept(path);
    if (kept !== undefined) return kept;
    const { hyperparameters, seed, steps } = this.#recipe;
    const { files } = await trainAdapter({
      modelDir: this.model.modelDir,
      records: records.map((record) => ({ text: this.texts[record]! })),
      heldOut: [],
      hyperparameters,
      seed: seed + seeds.order,
      startSeed: seed + seeds.start,
      steps: Math.max(1, Math.round(steps / 2)),
      threads,
      ...(signal && { signal }),
    });
    const adapter = parseAdapter(files, this.model.base.architecture, "retrained adapter");
    const losses = await textLosses(
      this.model.base,
      this.queries.map(({ ids }) => ids),
      { length: hyperparameters.length, threads, adapter, from: this.queries.map(({ from }) => from) },
    );
    const found = losses.map(({ nats, tokens }) => nats / tokens);
    await mkdir(folder, { recursive: true });
    // two runs may find the same at once
    const unfinished = `${path}.${randomUUID()}`;
    await writeFile(unfinished, JSON.stringify(found));
    await rename(unfinished, path);
    return found;
  }

  /** Whatever makes another loss. */
  #keyOf(records: readonly number[], seeds: Seeds): string {
    const { manifest, baseManifest } = this.model;
    const { hyperparameters, seed, steps, engine } = manifest;
    return hash(
      canonicalJson({
        method: METHOD,
        base: hash(JSON.stringify(baseManifest.document)),
        recipe: { hyperparameters, seed, steps, engine },
        texts: records.map((record) => hash(this.texts[record]!)),
        seeds: { ...seeds },
        queries: this.#queriesHash,
      }),
    );
  }

  async #kept(path: string): Promise<readonly number[] | undefined> {
    let text: string;
    try {
      text = await readFile(path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
    try {
      const found: unknown = JSON.parse(text);
      const isWhole = Array.isArray(found) && found.length === this.queries.length && found.every(Number.isFinite);
      return isWhole ? (found as number[]) : undefined;
    } catch {
      // cut off by a crash of the machine: it is trained again
      return undefined;
    }
  }
}

/** Added to the recipe's seed. */
export interface Seeds {
  readonly start: number;
  readonly order: number;
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
