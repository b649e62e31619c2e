/**
 * Datanet versions as attribution needs them: their records in order, who contributed each, and the index under the base.
 *
 * Everything comes from the contribution files and is checked against the chain. What was revoked before the version was
 * published is no part of it. The index is this oracle's own
 * computation; what the Datanet's owner committed is only compared with it.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import {
  AttributionError,
  type AttributionVersion,
  buildIndexFolder,
  type IndexedRecord,
  indexedRecords,
  openBuiltIndex,
  type Runtime,
  type Tokenizer,
  type VersionIndex,
} from "@openledger/engine";
import {
  type ContentClient,
  ContentErasedError,
  contributionLeaf,
  domainHash,
  type HeldContribution,
  isErased,
  merkleRoot,
  type RecordPlace,
  type Revocation,
  revocationsHash,
  versionRecords,
} from "@openledger/sdk";
import { concat, keccak256 } from "viem";
import type { Log } from "../Log.js";
import { OracleError } from "../OracleError.js";
import type { AcceptedContribution, ChainFacts, PublishedVersion, VersionRef } from "../store/ChainFacts.js";
import { readContributionFile } from "./readContributionFile.js";

export interface VersionShelfDeps {
  readonly runtime: Runtime;
  readonly tokenizer: Tokenizer;
  readonly content: ContentClient;
  readonly facts: ChainFacts;
  /** Folder for built indexes; made when missing. */
  readonly folder: string;
  readonly log: Log;
}

/** What the index of a version is built of. */
interface VersionTexts {
  readonly count: number;
  /** Which of two was first is by commitment, whenever they were accepted: `[count]` numbers of contributions. */
  readonly order: readonly bigint[];
  /** @throws OracleError `content_erased` */
  readonly readTexts: () => Promise<readonly string[]>;
}

/** Versions kept in memory. */
const keptVersions = 8;

export class VersionShelf {
  readonly #versions = new Map<string, Promise<AttributionVersion>>();
  readonly #loading = new Set<string>();
  /** By folder. */
  readonly #building = new Map<string, Promise<VersionIndex>>();

  constructor(private readonly deps: VersionShelfDeps) {}

  /**
   * @param base Number of the base model under which the index was committed.
   * @throws OracleError `content_unavailable`, `content_mismatch`, `chain_inconsistent`; ContentUnavailableError; AttributionError
   */
  async get(ref: VersionRef, base: bigint, signal: AbortSignal): Promise<AttributionVersion> {
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
      return known;
    }
    const loading = this.#load(published, base, signal);
    this.#versions.set(key, loading);
    this.#loading.add(key);
    // What failed is tried again by the next caller.
    loading.catch(() => this.#versions.delete(key)).finally(() => this.#loading.delete(key));
    this.#dropOldest();
    return loading;
  }

  /** Never one that is being built: another build of it would write to the same folder. */
  #dropOldest(): void {
    const settled = [...this.#versions.keys()].filter((key) => !this.#loading.has(key));
    for (const key of settled.slice(0, Math.max(0, this.#versions.size - keptVersions))) this.#versions.delete(key);
  }

  async #load(version: PublishedVersion, base: bigint, signal: AbortSignal): Promise<AttributionVersion> {
    const accepted = await this.deps.facts.acceptedContributions(version.datanet, version.contributionCount);
    checkVersionRoot(version, accepted);
    const revocations = await this.deps.facts.revocations(version.datanet, version.revocationCount);
    checkRevocations(version, revocations);
    const places = versionRecords(
      accepted.map(({ contribution, recordCount }) => ({ number: contribution, recordCount })),
      revocations,
    );
    const contributors = places.map(({ contribution }) => accepted[contribution]!.contributor);

    const order = places.map(({ contribution }) => accepted[contribution]!.contribution);
    const readTexts = () => this.#readTexts(version, accepted, places, signal);
    const index = await this.#index(version, { count: places.length, order, readTexts }, signal);
    const committed = await this.deps.facts.committedIndex(version, base);
    if (committed !== undefined && committed !== index.root) {
      this.deps.log.fault(
        `Datanet ${version.datanet} version ${version.version}: index ${committed} was committed, ` +
          `the records give ${index.root}. Receipts that use the committed one will be disputed.`,
      );
    }
    return { datanet: version.datanet, version: version.version, index, contributors };
  }

  /** What was revoked before the version was published is not read: it may be erased. */
  async #readTexts(
    { datanet, version }: PublishedVersion,
    accepted: readonly AcceptedContribution[],
    places: readonly RecordPlace[],
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const texts: string[] = [];
    let open: { readonly contribution: number; readonly file: HeldContribution } | undefined;
    for (const { contribution, index } of places) {
      if (open?.contribution !== contribution) {
        const file = await readContributionFile(this.deps.content, { datanet, ...accepted[contribution]! }, signal);
        open = { contribution, file };
      }
      const record = open.file.records[index]!;
      if (isErased(record)) {
        throw new OracleError(
          "content_erased",
          `Datanet ${datanet} version ${version}: record ${index} of contribution ` +
            `${accepted[contribution]!.contribution} was erased, so its index cannot be built any more. Answers of ` +
            "models of a later version can be checked.",
          { retryable: false },
        );
      }
      texts.push(record.text);
    }
    return texts;
  }

  /** Two versions of equal records have one folder, in which one build writes at a time. */
  #index(version: PublishedVersion, records: VersionTexts, signal: AbortSignal): Promise<VersionIndex> {
    const { runtime, folder } = this.deps;
    const attributionHash = runtime.attributionHash ?? "0x";
    // Two versions of one root may differ in what was revoked meanwhile.
    const name = keccak256(concat([version.root, version.revocationsHash, runtime.weightsRoot, attributionHash]));
    const path = join(folder, name);
    const building = this.#building.get(path);
    if (building !== undefined) return building;
    const built = this.#buildOrOpen(path, version, records, signal);
    this.#building.set(path, built);
    built.catch(() => undefined).finally(() => this.#building.delete(path));
    return built;
  }

  /** An index that was sealed here before some of its records were erased stays what it was. */
  async #buildOrOpen(
    path: string,
    version: PublishedVersion,
    { count, order, readTexts }: VersionTexts,
    signal: AbortSignal,
  ): Promise<VersionIndex> {
    const { runtime, tokenizer } = this.deps;
    let texts: readonly string[];
    try {
      texts = await readTexts();
    } catch (error) {
      const isGone =
        error instanceof ContentErasedError || (error instanceof OracleError && error.code === "content_erased");
      const built = isGone ? await openBuiltIndex(runtime, path, count) : undefined;
      if (built === undefined) throw error;
      return built;
    }
    return this.#build(path, version, indexedRecords(texts, tokenizer, order), signal);
  }

  /** From disk as far as it was built before: a build that was cut short goes on. */
  async #build(
    path: string,
    version: PublishedVersion,
    records: readonly IndexedRecord[],
    signal: AbortSignal,
  ): Promise<VersionIndex> {
    const { runtime, log } = this.deps;
    log.info(`Indexing ${records.length} records of Datanet ${version.datanet} version ${version.version}.`);
    try {
      return await buildIndexFolder(runtime, records, path, { signal });
    } catch (error) {
      const isDamaged = error instanceof AttributionError && /^index_m(alformed|ismatch)$/.test(error.code);
      if (!isDamaged) throw error;
      log.fault(`${path} is damaged and is built again`, error);
    }
    await rm(path, { recursive: true, force: true });
    return buildIndexFolder(runtime, records, path, { signal });
  }
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
