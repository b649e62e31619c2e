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
import { type FrozenVersion, loadVersion, readFrozenVersion, readPublishedVersion } from "./loadVersion.js";
import { ModelUnusable } from "./ModelUnusable.js";
import { Once } from "./Once.js";
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
  /** Being loaded, and wanted no longer. */
  readonly #unwanted = new Set<string>();
  /** Nobody finds them any more: they are closed behind the last user. */
  readonly #dropped = new Set<ServedVersion>();
  /** Versions that take long: nobody waits for them any more. */
  readonly #late = new Set<string>();
  readonly #contributions: ContributionShelf;
  /** By Datanet, version and its roots, whatever the base: a block that replaces another may have another version. */
  readonly #frozen = new Once<FrozenVersion>();
  readonly #origins = new Once<VersionOrigins>();
  /** Indexes that are false, by version, root, file and records of the version. */
  readonly #refused = new Map<string, ModelUnusable>();

  constructor(private readonly deps: VersionShelfDeps) {
    this.#contributions = new ContributionShelf(deps.files);
  }

  /**
   * A version with its index under a base. Models share it. One that takes long is fetched on while others are loaded; to ask
   * again for one that failed costs a look at the chain for its roots and its index, and what was not there.
   *
   * @param base Number of the base model.
   * @throws ModelUnusable, also while it is being fetched; those of `readPublishedVersion`, `readFrozenVersion`, `loadVersion` and `loadIndex`
   */
  async load(datanet: bigint, version: number, base: bigint): Promise<ServedVersion> {
    const key = keyOf({ datanet, version, base });
    this.#unwanted.delete(key);
    const loading = this.#versions.get(key) ?? this.#start(key, { datanet, version, base });
    const patience = new AbortController();
    const patienceMs = this.#late.has(key) ? 0 : (this.deps.patienceMs ?? PATIENCE_MS);
    const late = delay(patienceMs, undefined, { signal: patience.signal });
    const found = await Promise.race([loading, late.catch(() => undefined)]).finally(() => patience.abort());
    if (found !== undefined) return found;
    this.#late.add(key);
    throw new ModelUnusable(`Version ${version} of Datanet ${datanet} is still being fetched.`, {
      waitsFor: "its files",
    });
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
   * Drops what is loaded and remembered of other versions than these, but for contributions to the same Datanets, and the folders of
   * their indexes, also of those that earlier processes fetched. What is still being loaded is dropped once it is, unless it was
   * asked for again.
   *
   * @param wanted Versions of all models that are served here or may come to be
   * @throws RunnerError `chain_unavailable`; what keeps the system from removing a folder
   */
  async retain(wanted: readonly IndexedVersion[]): Promise<void> {
    const keys = new Set(wanted.map(keyOf));
    for (const key of this.#versions.keys()) {
      if (keys.has(key)) continue;
      const version = this.#ready.get(key);
      if (version === undefined) this.#unwanted.add(key);
      else this.#drop(key, version);
    }
    const recordsKeys = new Set(wanted.map(recordsKeyOf));
    for (const once of [this.#frozen, this.#origins]) once.retain((asked) => recordsKeys.has(versionOf(asked)));
    for (const asked of this.#refused.keys()) if (!keys.has(indexedOf(asked))) this.#refused.delete(asked);
    this.#contributions.retain(new Set(wanted.map(({ datanet }) => datanet)));
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

  #drop(key: string, version: ServedVersion): void {
    this.#versions.delete(key);
    this.#ready.delete(key);
    this.#late.delete(key);
    this.#dropped.add(version);
    this.#closeUnused(version);
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
      .then((loaded) => {
        if (this.#unwanted.delete(key)) this.#drop(key, loaded);
        else this.#ready.set(key, loaded);
      })
      .catch(() => {
        this.#versions.delete(key);
        this.#unwanted.delete(key);
        // why it failed is told by the next try, if somebody waits for it
        this.#late.delete(key);
      });
    return loading;
  }

  async #read(version: IndexedVersion): Promise<ServedVersion> {
    const origins = await this.#readOrigins(version);
    const index = await this.#readIndex(version, origins.length);
    try {
      const { datanet, version: number } = version;
      const { contributors } = origins;
      return { datanet, version: number, index, origins, contributors, searched: await this.#search(origins) };
    } catch (error) {
      this.deps.indexes.release(index);
      throw error;
    }
  }

  async #readOrigins(of: IndexedVersion): Promise<VersionOrigins> {
    const { datanet, version } = of;
    const { reader, ledger, onFault } = this.deps;
    const published = await readPublishedVersion(reader, datanet, version);
    const asked = `${recordsKeyOf(of)}/${published.root}/${published.revocationsHash}`;
    return this.#origins.do(asked, async () => {
      const frozen = await this.#frozen.do(asked, () => readFrozenVersion(reader, datanet, version, published));
      const origins = await loadVersion(frozen, this.#contributions, onFault);
      for (const sources of origins.erasedSources(FORGOTTEN_AT_ONCE)) {
        await ledger.forgetRecords({ datanet, version }, sources);
      }
      return origins;
    });
  }

  /** Of an index that was committed and is false, the chain alone is asked again: whether it is still the committed one. */
  async #readIndex(version: IndexedVersion, recordCount: number): Promise<SegmentIndex> {
    const { reader, files, indexes, baseWeightsRoot } = this.deps;
    const committed = await readCommittedIndex(reader, version);
    if (committed === undefined) {
      throw new ModelUnusable(
        `Version ${version.version} of Datanet ${version.datanet} has no index under base ${version.base} yet.`,
        { waitsFor: "the Datanet's owner to commit one" },
      );
    }
    const asked = `${keyOf(version)}/${committed.root}/${committed.dataHash}/${recordCount}`;
    const refusal = this.#refused.get(asked);
    if (refusal !== undefined) throw refusal;
    try {
      return await loadIndex(files, indexes, { ...version, recordCount, baseWeightsRoot }, committed);
    } catch (error) {
      if (error instanceof ModelUnusable && error.isFinal) this.#refused.set(asked, error);
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

/** The version of what begins with it. */
function versionOf(asked: string): string {
  return asked.split("/", 2).join("/");
}

/** The version and base of what begins with them. */
function indexedOf(asked: string): string {
  return asked.split("/", 3).join("/");
}

function recordsKeyOf({ datanet, version }: IndexedVersion): string {
  return `${datanet}/${version}`;
}
