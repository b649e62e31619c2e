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
  readonly indexes: Pick<IndexShelf, "fetch">;
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
    const key = `${datanet}/${version}/${base}`;
    const loading = this.#versions.get(key) ?? this.#start(key, datanet, version, base);
    const patience = new AbortController();
    const patienceMs = this.#late.has(key) ? 0 : (this.deps.patienceMs ?? PATIENCE_MS);
    const late = delay(patienceMs, undefined, { signal: patience.signal });
    const found = await Promise.race([loading, late.catch(() => undefined)]).finally(() => patience.abort());
    if (found !== undefined) return found;
    this.#late.add(key);
    throw new ModelUnusable(`Version ${version} of Datanet ${datanet} is still being fetched.`);
  }

  #start(key: string, datanet: bigint, version: number, base: bigint): Promise<ServedVersion> {
    const loading = this.#read(datanet, version, base);
    this.#versions.set(key, loading);
    loading.catch(() => {
      this.#versions.delete(key);
      // why it failed is told by the next try, if somebody waits for it
      this.#late.delete(key);
    });
    return loading;
  }

  async #read(datanet: bigint, version: number, base: bigint): Promise<ServedVersion> {
    const { reader, files, indexes, baseWeightsRoot, onFault } = this.deps;
    const origins = await loadVersion(reader, this.#contributions, datanet, version, onFault);
    const recordCount = origins.length;
    const wanted = { datanet, version, base, recordCount, baseWeightsRoot };
    const index = await loadIndex(reader, files, indexes, wanted);
    for (const sources of origins.erasedSources(FORGOTTEN_AT_ONCE)) {
      await this.deps.ledger.forgetRecords({ datanet, version }, sources);
    }
    const { contributors } = origins;
    return { datanet, version, index, origins, contributors, searched: await this.#search(origins) };
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
