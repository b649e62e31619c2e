/**
 * Asks the base for records that were accepted and are in no version yet, so that the next version's index is ready soon after it is
 * published: of Datanets whose newest version is indexed here. Each contribution's rows lie in a folder of their own until then, which
 * is named by the file and by what was revoked of it: whatever the chain says otherwise later, revocations and reorganisations, the
 * folder has another name then, and the one before is removed. Passes in vain are those of such a folder, and of copies, which show in
 * the version only.
 */
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import {
  AttributionError,
  appendRecords,
  indexedTokens,
  type Runtime,
  readBuilt,
  removeIndex,
  type Tokenizer,
} from "@openledger/engine";
import {
  ALL_RECORDS,
  type ContentClient,
  ContentErasedError,
  type HeldContribution,
  isErased,
  type Revocation,
} from "@openledger/sdk";
import type { Clock } from "../Clock.js";
import type { Log } from "../Log.js";
import { OracleError } from "../OracleError.js";
import type { AcceptedContribution, ChainFacts, PublishedVersion } from "../store/ChainFacts.js";
import { aheadPath, indexPath, isAheadName } from "./indexPaths.js";
import { readContributionFile } from "./readContributionFile.js";

export interface IndexAheadDeps {
  readonly runtime: Pick<Runtime, "codes" | "weightsRoot" | "attributionHash" | "attribution">;
  readonly tokenizer: Pick<Tokenizer, "encode">;
  readonly content: Pick<ContentClient, "get">;
  readonly facts: Pick<ChainFacts, "models" | "version" | "acceptedContributions" | "revocations">;
  /** Of indexes. */
  readonly folder: string;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
}

/** Records behind a version, at most: an owner may never publish what is accepted, and each costs a pass and disk. */
const MOST_RECORDS = 2 ** 17;
/** Contributions behind a version, at most: each is a folder, and a file that the next version's build has open. */
const MOST_CONTRIBUTIONS = 1024n;
/** Milliseconds between looks at the chain that find nothing, and after which one that found something is followed by another. */
const LOOK_MS = 60_000;

/** A contribution that no version holds which is indexed here. */
interface WaitingContribution extends AcceptedContribution {
  readonly datanet: bigint;
  readonly revoked: ReadonlySet<number>;
  /** Of its rows. */
  readonly path: string;
  /** Whether no version at all holds it: the version that does has its rows computed where they are missing. */
  readonly isAhead: boolean;
}

export class IndexAhead {
  #restsUntil = 0;
  /** Paths of which it was said that they cannot be read or written. */
  readonly #said = new Set<string>();

  constructor(private readonly deps: IndexAheadDeps) {}

  /**
   * Looks at the chain, removes rows that are wanted no longer, and indexes what waits, for a minute.
   *
   * @param signal What was computed until then is kept
   * @returns Whether anything was indexed
   * @throws OracleError `database_unavailable`; RuntimeError; the signal's reason
   */
  async step(signal: AbortSignal): Promise<boolean> {
    const { clock } = this.deps;
    const now = () => clock.now().getTime();
    if (now() < this.#restsUntil) return false;
    const until = now() + LOOK_MS;
    const waiting = await this.#waiting(signal);
    await this.#removeOthers(new Set(waiting.map(({ path }) => basename(path))));
    const unread = new Map<WaitingContribution, unknown>();
    let isAnyDone = false;
    try {
      // what could not be read keeps nobody waiting
      const isLast = ({ path }: WaitingContribution) => Number(this.#said.has(path));
      for (const next of waiting.filter(({ isAhead }) => isAhead).sort((a, b) => isLast(a) - isLast(b))) {
        signal.throwIfAborted();
        if (now() >= until) break;
        const done = await recordsIn(next.path);
        if (done >= next.recordCount) continue;
        const file = await this.#read(next, signal, (error) => unread.set(next, error));
        if (unread.has(next)) continue;
        if (await this.#index(next, this.#tokens(file, next, done, until), signal)) isAnyDone = true;
      }
    } finally {
      this.#sayUnread(unread);
    }
    if (!isAnyDone) this.#restsUntil = now() + LOOK_MS;
    return isAnyDone;
  }

  /** In the order of acceptance. */
  async #waiting(signal: AbortSignal): Promise<readonly WaitingContribution[]> {
    const { facts, folder, runtime } = this.deps;
    const waiting: WaitingContribution[] = [];
    for (const newest of await this.#newestVersions()) {
      signal.throwIfAborted();
      const { datanet } = newest;
      const indexed = await this.#newestIndexed(newest);
      if (indexed === undefined) continue;
      const first = indexed.contributionCount;
      const isAhead = indexed.version === newest.version;
      const revocations = byContribution(await facts.revocations(datanet));
      let records = 0;
      for (const contribution of await facts.acceptedContributions(datanet, first + MOST_CONTRIBUTIONS, first)) {
        records += contribution.recordCount;
        if (records > MOST_RECORDS) break;
        const revoked = revocations.get(contribution.contribution) ?? new Set();
        if (revoked.has(ALL_RECORDS)) continue;
        const path = aheadPath(
          folder,
          contribution,
          [...revoked].sort((a, b) => a - b),
          runtime,
        );
        waiting.push({ datanet, ...contribution, revoked, path, isAhead });
      }
    }
    return waiting;
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

  /** It, or the one before it that is. */
  async #newestIndexed({ datanet, version: newest }: PublishedVersion): Promise<PublishedVersion | undefined> {
    const { facts, folder, runtime } = this.deps;
    for (let version = newest; version > 0; version--) {
      const found = await facts.version({ datanet, version });
      // what else is found of it is said where it is built
      const built = found && (await readBuilt(indexPath(folder, found, runtime)).catch(() => undefined));
      if (built?.isSealed) return found;
    }
    return undefined;
  }

  /** Undefined where it was erased as a whole, or where `onUnread` was told. */
  async #read(
    contribution: WaitingContribution,
    signal: AbortSignal,
    onUnread: (error: unknown) => void,
  ): Promise<HeldContribution | undefined> {
    try {
      return await readContributionFile(this.deps.content, contribution, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof OracleError && error.code === "database_unavailable") throw error;
      if (!(error instanceof ContentErasedError)) onUnread(error);
      return undefined;
    }
  }

  /** Of a record at least, and of as many as there is time for. */
  *#tokens(
    file: HeldContribution | undefined,
    { recordCount, revoked }: WaitingContribution,
    first: number,
    until: number,
  ): Generator<readonly number[]> {
    for (let index = first; index < recordCount; index++) {
      const record = revoked.has(index) ? undefined : file?.records[index];
      const text = record === undefined || isErased(record) ? undefined : record.text;
      yield (text === undefined ? undefined : indexedTokens(text, this.deps.tokenizer)) ?? [];
      if (this.deps.clock.now().getTime() >= until) return;
    }
  }

  /** @returns Whether it went on: not while another process writes there */
  async #index(
    { path }: WaitingContribution,
    tokens: Iterable<readonly number[]>,
    signal: AbortSignal,
  ): Promise<boolean> {
    try {
      await appendRecords(this.deps.runtime, tokens, path, signal);
      return true;
    } catch (error) {
      if (isLocked(error)) return this.#sayLocked(path, error);
      if (!(error instanceof AttributionError) || !/^index_m(alformed|ismatch)$/.test(error.code)) throw error;
      this.deps.log.fault(`${path} is damaged and is built again`, error);
      return this.#remove(path);
    }
  }

  /** Rows that no Datanet waits for: a version holds them, what they are of was revoked, or the chain knows them no longer. */
  async #removeOthers(wanted: ReadonlySet<string>): Promise<void> {
    const { folder } = this.deps;
    const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
      return [];
    });
    // also of those whose removal was cut short
    const found = new Set(names.map((name) => name.replace(/\.removed$/, "")).filter(isAheadName));
    for (const name of found) if (!wanted.has(name)) await this.#remove(join(folder, name));
  }

  /** @returns Whether it is gone */
  async #remove(path: string): Promise<boolean> {
    try {
      await removeIndex(path);
      return true;
    } catch (error) {
      if (!isLocked(error)) throw error;
      return this.#sayLocked(path, error);
    }
  }

  #sayLocked(path: string, error: unknown): false {
    if (!this.#said.has(path)) this.deps.log.fault(`${path} is left as it is`, error);
    this.#said.add(path);
    return false;
  }

  /** Of many, as where the store is down, in one line. */
  #sayUnread(unread: ReadonlyMap<WaitingContribution, unknown>): void {
    const [first, ...others] = [...unread].filter(([{ path }]) => !this.#said.has(path));
    if (first === undefined) return;
    const [{ contribution }, error] = first;
    const more = others.length === 0 ? "" : `, nor are ${others.length} others`;
    this.deps.log.fault(`Contribution ${contribution} is not indexed ahead of its version${more}`, error);
    for (const { path } of unread.keys()) this.#said.add(path);
  }
}

/** Of a folder; what is damaged shows once it is opened. */
async function recordsIn(path: string): Promise<number> {
  return (await readBuilt(path).catch(() => undefined))?.recordCount ?? 0;
}

function byContribution(revocations: readonly Revocation[]): ReadonlyMap<bigint, ReadonlySet<number>> {
  const revoked = new Map<bigint, Set<number>>();
  for (const { contribution, index } of revocations) {
    revoked.set(contribution, (revoked.get(contribution) ?? new Set()).add(index));
  }
  return revoked;
}

function isLocked(error: unknown): boolean {
  return error instanceof AttributionError && error.code === "index_locked";
}
