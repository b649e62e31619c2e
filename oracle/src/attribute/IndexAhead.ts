/**
 * Asks the base for records that were accepted and are in no version yet, so that the next version's index is ready soon after it is
 * published: of Datanets whose newest version is indexed here. Their rows lie in a folder of their own until then. Which of the
 * records are copies shows in the version only: the few that are cost a pass in vain.
 */
import {
  AttributionError,
  appendRecords,
  indexedTokens,
  type Runtime,
  readBuilt,
  removeIndex,
  type Tokenizer,
} from "@openledger/engine";
import { type ContentClient, ContentErasedError, type HeldContribution, isErased } from "@openledger/sdk";
import type { Clock } from "../Clock.js";
import type { Log } from "../Log.js";
import { OracleError } from "../OracleError.js";
import type { AcceptedContribution, ChainFacts, PublishedVersion } from "../store/ChainFacts.js";
import { aheadPath, indexPath } from "./indexPaths.js";
import { readContributionFile } from "./readContributionFile.js";

export interface IndexAheadDeps {
  readonly runtime: Pick<Runtime, "codes" | "weightsRoot" | "attributionHash" | "attribution">;
  readonly tokenizer: Pick<Tokenizer, "encode">;
  readonly content: Pick<ContentClient, "get">;
  readonly facts: Pick<ChainFacts, "models" | "version" | "acceptedContributions">;
  /** Of indexes. */
  readonly folder: string;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
}

/** Records behind a version, at most: an owner may never publish what is accepted, and each costs a pass and disk. */
const MOST_RECORDS = 2 ** 17;
/** Contributions behind a version that are looked at. */
const MOST_CONTRIBUTIONS = 4096n;
/** Milliseconds between looks that find nothing. */
const REST_MS = 60_000;

export class IndexAhead {
  #restsUntil = 0;
  /** Of which older folders were looked for. */
  readonly #tidied = new Set<string>();
  /** Files that could not be read, which is said once. */
  readonly #unread = new Set<string>();

  constructor(private readonly deps: IndexAheadDeps) {}

  /**
   * Indexes what is left of the next contribution.
   *
   * @param signal What was computed until then is kept
   * @returns Whether there was one
   * @throws OracleError `database_unavailable`; RuntimeError; the signal's reason
   */
  async step(signal: AbortSignal): Promise<boolean> {
    const { runtime, folder, clock, log } = this.deps;
    if (clock.now().getTime() < this.#restsUntil) return false;
    for (const newest of await this.#newestVersions()) {
      signal.throwIfAborted();
      // what else is found of it is said where it is built
      const built = await readBuilt(indexPath(folder, newest, runtime)).catch(() => undefined);
      if (built?.isSealed !== true) continue;
      await this.#tidy(newest);
      const next = await this.#nextBehind(newest);
      if (next === undefined) continue;
      const file = await this.#read(newest, next.contribution, signal);
      if (file === "unread") continue;
      const path = aheadPath(folder, newest, runtime);
      try {
        await appendRecords(runtime, this.#tokens(file, next.contribution, next.index), path, signal);
      } catch (error) {
        if (!(error instanceof AttributionError) || !/^index_m(alformed|ismatch)$/.test(error.code)) throw error;
        log.fault(`${path} is damaged and is built again`, error);
        await removeIndex(path);
      }
      return true;
    }
    this.#restsUntil = clock.now().getTime() + REST_MS;
    return false;
  }

  /** Of each Datanet of a model. */
  async #newestVersions(): Promise<readonly PublishedVersion[]> {
    const { facts } = this.deps;
    const named = new Map<bigint, number>();
    for (const { versions } of await facts.models()) {
      for (const { datanet, version } of versions) named.set(datanet, Math.max(version, named.get(datanet) ?? 0));
    }
    const newest: PublishedVersion[] = [];
    for (const [datanet, version] of named) {
      let last: PublishedVersion | undefined;
      for (let number = version; ; number++) {
        const found = await facts.version({ datanet, version: number });
        if (found === undefined) break;
        last = found;
      }
      if (last !== undefined) newest.push(last);
    }
    return newest;
  }

  /** The first contribution behind a version of which records are left, and the first of these. */
  async #nextBehind(
    newest: PublishedVersion,
  ): Promise<{ readonly contribution: AcceptedContribution; readonly index: number } | undefined> {
    const { runtime, facts, folder } = this.deps;
    const { datanet, contributionCount: first } = newest;
    const path = aheadPath(folder, newest, runtime);
    // what is damaged shows once it is opened
    const done = (await readBuilt(path).catch(() => undefined))?.recordCount ?? 0;
    let end = 0;
    for (const contribution of await facts.acceptedContributions(datanet, first + MOST_CONTRIBUTIONS, first)) {
      const start = end;
      end += contribution.recordCount;
      if (end > MOST_RECORDS) return undefined;
      if (done < end) return { contribution, index: done - start };
    }
    return undefined;
  }

  /** Undefined where it was erased as a whole. */
  async #read(
    { datanet }: PublishedVersion,
    contribution: AcceptedContribution,
    signal: AbortSignal,
  ): Promise<HeldContribution | "unread" | undefined> {
    const { content, log } = this.deps;
    try {
      return await readContributionFile(content, { datanet, ...contribution }, signal);
    } catch (error) {
      if (error instanceof ContentErasedError) return undefined;
      signal.throwIfAborted();
      if (error instanceof OracleError && error.code === "database_unavailable") throw error;
      if (!this.#unread.has(contribution.dataHash)) {
        log.fault(`Contribution ${contribution.contribution} is not indexed ahead of its version`, error);
      }
      this.#unread.add(contribution.dataHash);
      return "unread";
    }
  }

  *#tokens(
    file: HeldContribution | undefined,
    { recordCount }: AcceptedContribution,
    first: number,
  ): Generator<readonly number[]> {
    for (let index = first; index < recordCount; index++) {
      const record = file?.records[index];
      const text = record === undefined || isErased(record) ? undefined : record.text;
      yield (text === undefined ? undefined : indexedTokens(text, this.deps.tokenizer)) ?? [];
    }
  }

  /** Removes what lies behind older versions: the newest index has it. */
  async #tidy(newest: PublishedVersion): Promise<void> {
    const { runtime, facts, folder } = this.deps;
    const kept = aheadPath(folder, newest, runtime);
    if (this.#tidied.has(kept)) return;
    for (let version = newest.version - 1; version > 0; version--) {
      const older = await facts.version({ datanet: newest.datanet, version });
      if (older === undefined) continue;
      const path = aheadPath(folder, older, runtime);
      if (path !== kept) await removeIndex(path);
    }
    this.#tidied.add(kept);
  }
}
