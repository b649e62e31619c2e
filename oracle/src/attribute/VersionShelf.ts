/**
 * Datanet versions as attribution needs them: their records in order, who contributed each, and the index under the base.
 *
 * Everything comes from the contribution files and is checked against the chain. What was revoked before the version was
 * published is no part of it. The index is this oracle's own
 * computation; what the Datanet's owner committed is only compared with it, unless records were erased before this oracle saw
 * them.
 */
import { rm } from "node:fs/promises";
import {
  AttributionError,
  type AttributionVersion,
  buildIndexFolder,
  openBuiltIndex,
  type RecordTokens,
  type Runtime,
  type SegmentIndex,
  type Tokenizer,
} from "@openledger/engine";
import {
  type ContentClient,
  contributionLeaf,
  domainHash,
  merkleRoot,
  type Revocation,
  revocationsHash,
} from "@openledger/sdk";
import type { Log } from "../Log.js";
import { OracleError } from "../OracleError.js";
import type {
  AcceptedContribution,
  ChainFacts,
  IndexCommitment,
  PublishedVersion,
  VersionRef,
} from "../store/ChainFacts.js";
import { findEarlierIndexes } from "./findEarlierIndexes.js";
import { indexPath } from "./indexPaths.js";
import { openCommittedIndex } from "./openCommittedIndex.js";
import { type TakenTokens, takeTokens } from "./takeTokens.js";
import { VersionTexts } from "./VersionTexts.js";

export interface VersionShelfDeps {
  readonly runtime: Runtime;
  readonly tokenizer: Tokenizer;
  readonly content: ContentClient;
  readonly facts: ChainFacts;
  /** Folder for built indexes; made when missing. */
  readonly folder: string;
  readonly log: Log;
}

/** Versions kept in memory. */
const keptVersions = 8;

type OpenVersion = AttributionVersion & { readonly index: SegmentIndex };

interface KeptVersion {
  readonly loading: Promise<OpenVersion>;
  /** Whose work has it now: its files stay open. */
  users: number;
  /** Nobody finds it any more: its files are closed behind the last user. */
  isDropped: boolean;
}

export class VersionShelf {
  readonly #versions = new Map<string, KeptVersion>();
  readonly #loading = new Set<string>();
  /** The last that writes to each folder. */
  readonly #building = new Map<string, Promise<SegmentIndex>>();

  constructor(private readonly deps: VersionShelfDeps) {}

  /**
   * Has work done with versions, in the order given; their indexes are open as long.
   *
   * @param base Number of the base model under which the indexes were committed.
   * @throws OracleError `content_unavailable`, `content_mismatch`, `content_erased`, `chain_inconsistent`; ContentUnavailableError;
   * AttributionError; what `work` throws
   */
  async use<T>(
    refs: readonly VersionRef[],
    base: bigint,
    signal: AbortSignal,
    work: (versions: readonly AttributionVersion[]) => Promise<T>,
  ): Promise<T> {
    const held: KeptVersion[] = [];
    try {
      const versions: AttributionVersion[] = [];
      // One after the other: they share one worker thread.
      for (const ref of refs) {
        const kept = await this.#hold(ref, base, signal);
        held.push(kept);
        versions.push(await kept.loading);
      }
      return await work(versions);
    } finally {
      for (const kept of held) {
        kept.users--;
        closeUnused(kept);
      }
    }
  }

  /** With one more user: nobody closes it before the caller has it. */
  async #hold(ref: VersionRef, base: bigint, signal: AbortSignal): Promise<KeptVersion> {
    const published = await this.deps.facts.version(ref);
    if (published === undefined) {
      throw new OracleError("content_unavailable", `Datanet ${ref.datanet} has no version ${ref.version} yet.`, {
        retryable: true,
      });
    }
    const key = `${ref.datanet}/${ref.version}/${published.root}`;
    const known = this.#versions.get(key);
    if (known !== undefined) {
      // what was asked for last goes last
      this.#versions.delete(key);
      this.#versions.set(key, known);
      known.users++;
      return known;
    }
    const loading = this.#load(published, base, signal);
    const kept: KeptVersion = { loading, users: 1, isDropped: false };
    this.#versions.set(key, kept);
    this.#loading.add(key);
    // What failed is tried again by the next caller, but for what is gone for good.
    loading
      .catch((error: unknown) => {
        if (!isGone(error)) this.#versions.delete(key);
      })
      .finally(() => this.#loading.delete(key));
    this.#dropOldest();
    return kept;
  }

  /** Never one that is being built: another build of it would write to the same folder. */
  #dropOldest(): void {
    const settled = [...this.#versions].filter(([key]) => !this.#loading.has(key));
    for (const [key, kept] of settled.slice(0, Math.max(0, this.#versions.size - keptVersions))) {
      this.#versions.delete(key);
      kept.isDropped = true;
      closeUnused(kept);
    }
  }

  async #load(version: PublishedVersion, base: bigint, signal: AbortSignal): Promise<OpenVersion> {
    const accepted = await this.deps.facts.acceptedContributions(version.datanet, version.contributionCount);
    checkVersionRoot(version, accepted);
    const revocations = await this.deps.facts.revocations(version.datanet, version.revocationCount);
    checkRevocations(version, revocations);
    const texts = new VersionTexts(this.deps.content, version.datanet, accepted, revocations);
    const committed = await this.deps.facts.committedIndex(version, base);
    const index = await this.#index(version, texts, committed, signal);
    if (committed !== undefined && committed.root !== index.root) {
      this.deps.log.fault(
        `Datanet ${version.datanet} version ${version.version}: index ${committed.root} was committed, ` +
          `the records give ${index.root}. Receipts that use the committed one will be disputed.`,
      );
    }
    return { datanet: version.datanet, version: version.version, index, contributors: texts.contributors };
  }

  /** Two versions of equal records have one folder, in which one build writes at a time; each has an index of its own open. */
  #index(
    version: PublishedVersion,
    texts: VersionTexts,
    committed: IndexCommitment | undefined,
    signal: AbortSignal,
  ): Promise<SegmentIndex> {
    const path = indexPath(this.deps.folder, version, this.deps.runtime);
    const before = this.#building.get(path) ?? Promise.resolve();
    const built = before.catch(() => undefined).then(() => this.#buildOrOpen(path, version, texts, committed, signal));
    this.#building.set(path, built);
    built
      .catch(() => undefined)
      .then(() => {
        if (this.#building.get(path) === built) this.#building.delete(path);
      });
    return built;
  }

  async #buildOrOpen(
    path: string,
    version: PublishedVersion,
    texts: VersionTexts,
    committed: IndexCommitment | undefined,
    signal: AbortSignal,
  ): Promise<SegmentIndex> {
    const { tokenizer, folder } = this.deps;
    const taken = await takeTokens(texts, tokenizer, folder, signal);
    try {
      return taken.firstErased === undefined
        ? await this.#build(path, version, texts, taken.tokens, signal)
        : await this.#openWithout(path, version, texts, taken, committed, signal);
    } finally {
      taken.tokens.close();
    }
  }

  /**
   * Of a version from which records were erased, the index that was sealed here before; else the owner's, as far as it can be held
   * against the texts that are left. Where that is false, one of these texts alone: no receipt that went by the owner's is right.
   */
  async #openWithout(
    path: string,
    version: PublishedVersion,
    texts: VersionTexts,
    { tokens, firstErased }: TakenTokens,
    committed: IndexCommitment | undefined,
    signal: AbortSignal,
  ): Promise<SegmentIndex> {
    const { runtime, log } = this.deps;
    const built = await openBuiltIndex(runtime, path, texts.length).catch((error: unknown) => {
      if (!isDamage(error)) throw error;
      log.fault(`${path} is damaged and cannot be built again`, error);
      return undefined;
    });
    if (built !== undefined) return built;
    const name = `Datanet ${version.datanet} version ${version.version}`;
    const gone = `${name}: record ${firstErased} was erased before it was indexed here`;
    if (committed === undefined) {
      throw new OracleError("content_erased", `${gone}, and no index of it was committed.`, { retryable: true });
    }
    const opened = await openCommittedIndex(this.deps, `${path}-committed`, committed, texts, signal);
    if (opened.kind === "index") {
      log.info(`${gone}; what the committed index ${committed.root} says of it is taken as it is.`);
      return opened.index;
    }
    if (opened.kind === "erased") {
      throw new OracleError(
        "content_erased",
        `${gone}, and found ${opened.found}: nobody can check answers of its models. Those of a later version can be.`,
        { retryable: false },
      );
    }
    log.fault(`${gone}, and the committed index ${committed.root} is false: found ${opened.found}.`);
    return this.#build(`${path}-left`, version, texts, tokens, signal);
  }

  /** From disk as far as it was built before: a build that was cut short goes on, and rows are taken of what was built earlier. */
  async #build(
    path: string,
    version: PublishedVersion,
    texts: VersionTexts,
    records: RecordTokens,
    signal: AbortSignal,
  ): Promise<SegmentIndex> {
    const { runtime, log } = this.deps;
    const options = {
      signal,
      earlier: () => findEarlierIndexes(this.deps, version, texts, signal),
    };
    log.info(`Indexing ${records.length} records of Datanet ${version.datanet} version ${version.version}.`);
    try {
      return await buildIndexFolder(runtime, records, path, options);
    } catch (error) {
      if (!isDamage(error)) throw error;
      log.fault(`${path} is damaged and is built again`, error);
    }
    await rm(path, { recursive: true, force: true });
    return buildIndexFolder(runtime, records, path, options);
  }
}

function closeUnused({ loading, users, isDropped }: KeptVersion): void {
  if (isDropped && users === 0) loading.then(({ index }) => index.close()).catch(() => undefined);
}

function isDamage(error: unknown): boolean {
  return error instanceof AttributionError && /^index_m(alformed|ismatch)$/.test(error.code);
}

function isGone(error: unknown): boolean {
  return error instanceof OracleError && error.code === "content_erased" && !error.retryable;
}

function checkVersionRoot(version: PublishedVersion, accepted: readonly AcceptedContribution[]): void {
  const root = merkleRoot(domainHash("Contribution"), accepted.map(contributionLeaf));
  const records = accepted.reduce((sum, { recordCount }) => sum + BigInt(recordCount), 0n);
  if (root === version.root && records === version.recordCount) return;
  throw new OracleError(
    "chain_inconsistent",
    `Datanet ${version.datanet} version ${version.version}: asked for ${version.recordCount} records under root ` +
      `${version.root}, the accepted contributions hold ${records} under ${root}. Follow the chain anew.`,
    { retryable: true },
  );
}

function checkRevocations(version: PublishedVersion, revocations: readonly Revocation[]): void {
  const found = revocationsHash(revocations);
  if (found === version.revocationsHash) return;
  throw new OracleError(
    "chain_inconsistent",
    `Datanet ${version.datanet} version ${version.version}: asked for ${version.revocationCount} revocations under ` +
      `${version.revocationsHash}, found ${revocations.length} under ${found}. Follow the chain anew.`,
    { retryable: true },
  );
}
