/** Datanet versions as answers need them: where their records come from, their indexes, and what is searched of their texts. */
import { setTimeout as delay } from "node:timers/promises";
import {
  AttributionError,
  type AttributionVersion,
  type MatchSearch,
  type SearchedRecords,
  type SegmentIndex,
} from "@openledger/engine";
import type { ChainReader } from "@openledger/sdk";
import type { Hex } from "viem";
import type { RequestLedger } from "../store/RequestLedger.js";
import { ContributionShelf } from "./ContributionShelf.js";
import type { FileCache } from "./FileCache.js";
import type { IndexShelf } from "./IndexShelf.js";
import { loadIndex } from "./loadIndex.js";
import { loadVersion } from "./loadVersion.js";
import { ModelUnusable } from "./ModelUnusable.js";
import { type IndexedVersion, readCommittedIndex } from "./readCommittedIndex.js";
import type { VersionOrigins } from "./VersionOrigins.js";

/** While one model waits, those after it do. */
const PATIENCE_MS = 5_000;
/** Records that kept receipts are asked to forget in one go. */
const FORGOTTEN_AT_ONCE = 65_536;

export type ServedVersion = AttributionVersion & {
  readonly index: SegmentIndex;
  readonly origins: VersionOrigins;
  /** Absent where there was no room for it. */
  readonly searched: SearchedRecords | undefined;
};

export interface VersionShelfDeps {
  readonly reader: ChainReader;
  readonly files: Pick<FileCache, "get" | "getMade" | "keepMade">;
  readonly indexes: Pick<IndexShelf, "fetch" | "release" | "sweep">;
  readonly search: Pick<MatchSearch, "addParts">;
  readonly ledger: Pick<RequestLedger, "forgetRecords">;
  /** Of the base that indexes are of. */
  readonly baseWeightsRoot: Hex;
  readonly onFault: (error: unknown) => void;
  /** How long a version is waited for, milliseconds; five seconds if not given. */
  readonly patienceMs?: number;
}

export class VersionShelf {
  readonly #versions = new Map<string, Promise<ServedVersion>>();
  /** Those that are loaded. */
  readonly #ready = new Map<string, ServedVersion>();
  /** How many answers are made with each. */
  readonly #users = new Map<ServedVersion, number>();
  /** Nobody finds them any more: they are closed behind the last user. */
  readonly #dropped = new Set<ServedVersion>();
  /** Versions that take long: nobody waits for them any more. */
  readonly #late = new Set<string>();
  readonly #contributions: ContributionShelf;

  constructor(private readonly deps: VersionShelfDeps) {
    this.#contributions = new ContributionShelf(deps.files);
  }

  /**
   * A version with its index under a base. Models share it. One that takes long is fetched on while others are loaded.
   *
   * @param base Number of the base model.
   * @throws ModelUnusable, also while it is being fetched; those of `loadVersion` and `loadIndex`
   */
  async load(datanet: bigint, version: number, base: bigint): Promise<ServedVersion> {
    const key = keyOf({ datanet, version, base });
    const loading = this.#versions.get(key) ?? this.#start(key, { datanet, version, base });
    const patience = new AbortController();
    const patienceMs = this.#late.has(key) ? 0 : (this.deps.patienceMs ?? PATIENCE_MS);
    const late = delay(patienceMs, undefined, { signal: patience.signal });
    const found = await Promise.race([loading, late.catch(() => undefined)]).finally(() => patience.abort());
    if (found !== undefined) return found;
    this.#late.add(key);
    throw new ModelUnusable(`Version ${version} of Datanet ${datanet} is still being fetched.`);
  }

  /**
   * Keeps versions open while an answer is made with them, also when they are dropped meanwhile.
   *
   * @returns Ends that; to be called once
   */
  hold(versions: readonly ServedVersion[]): () => void {
    for (const version of versions) this.#users.set(version, (this.#users.get(version) ?? 0) + 1);
    return () => {
      for (const version of versions) {
        const users = this.#users.get(version)! - 1;
        if (users > 0) this.#users.set(version, users);
        else this.#users.delete(version);
        this.#closeUnused(version);
      }
    };
  }

  /**
   * Drops what is loaded of other versions than these, and the folders of their indexes, also of those that earlier processes
   * fetched. What is still being loaded is dropped the next time.
   *
   * @param wanted Versions of all models that are served here or may come to be
   * @throws RunnerError `chain_unavailable`; what keeps the system from removing a folder
   */
  async retain(wanted: readonly IndexedVersion[]): Promise<void> {
    const keys = new Set(wanted.map(keyOf));
    for (const [key, version] of this.#ready) {
      if (keys.has(key)) continue;
      for (const map of [this.#ready, this.#versions]) map.delete(key);
      this.#late.delete(key);
      this.#dropped.add(version);
      this.#closeUnused(version);
    }
    await this.deps.indexes.sweep(() => this.#indexFiles(wanted));
  }

  async #indexFiles(wanted: readonly IndexedVersion[]): Promise<ReadonlySet<Hex>> {
    const files = new Set<Hex>();
    for (const one of new Map(wanted.map((version) => [keyOf(version), version])).values()) {
      const committed = await readCommittedIndex(this.deps.reader, one);
      if (committed !== undefined) files.add(committed.dataHash);
    }
    return files;
  }

  #closeUnused(version: ServedVersion): void {
    if (!this.#dropped.has(version) || this.#users.has(version)) return;
    this.#dropped.delete(version);
    this.deps.indexes.release(version.index);
    version.searched?.close();
  }

  #start(key: string, version: IndexedVersion): Promise<ServedVersion> {
    const loading = this.#read(version);
    this.#versions.set(key, loading);
    loading
      .then((loaded) => this.#ready.set(key, loaded))
      .catch(() => {
        this.#versions.delete(key);
        // why it failed is told by the next try, if somebody waits for it
        this.#late.delete(key);
      });
    return loading;
  }

  async #read({ datanet, version, base }: IndexedVersion): Promise<ServedVersion> {
    const { reader, files, indexes, baseWeightsRoot, ledger, onFault } = this.deps;
    const origins = await loadVersion(reader, this.#contributions, datanet, version, onFault);
    const { contributors, length: recordCount } = origins;
    const index = await loadIndex(reader, files, indexes, { datanet, version, base, recordCount, baseWeightsRoot });
    try {
      for (const sources of origins.erasedSources(FORGOTTEN_AT_ONCE)) {
        await ledger.forgetRecords({ datanet, version }, sources);
      }
      return { datanet, version, index, origins, contributors, searched: await this.#search(origins) };
    } catch (error) {
      indexes.release(index);
      throw error;
    }
  }

  /** A version that there is no room for is served all the same. */
  async #search(origins: VersionOrigins): Promise<SearchedRecords | undefined> {
    try {
      return await this.deps.search.addParts(origins.texts());
    } catch (error) {
      if (!(error instanceof AttributionError)) throw error;
      this.deps.onFault(error);
      return undefined;
    }
  }
}

function keyOf({ datanet, version, base }: IndexedVersion): string {
  return `${datanet}/${version}/${base}`;
}
