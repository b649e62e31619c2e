/**
 * Where the records of a Datanet version come from, by their places in it: for each contribution what belongs to all its
 * records is in memory, a record's path is read where it is asked for.
 */
import type { RecordOrigin, VersionRecords } from "@openledger/sdk";
import type { Address } from "viem";
import type { ContributionShelf, KeptContribution } from "./ContributionShelf.js";
import type { PathTable } from "./PathTable.js";

/** An answer does not wait longer for what it is paid without. */
const PATIENCE_MS = 3_000;

export class VersionOrigins {
  /**
   * @param records Of the version
   * @param contributions `[contributions of the version]`; undefined for one of which all was revoked
   * @param onFault Told why a path is not shown
   */
  constructor(
    private readonly records: VersionRecords,
    private readonly contributions: readonly (KeptContribution | undefined)[],
    private readonly shelf: Pick<ContributionShelf, "paths" | "texts">,
    private readonly onFault: (error: unknown) => void,
  ) {}

  /** How many records there are. */
  get length(): number {
    return this.records.length;
  }

  /** Who contributed the record at a place; undefined at one that the version does not have. As attribution asks for them. */
  get contributors(): { readonly length: number; at(place: number): Address | undefined } {
    return { length: this.length, at: (place) => this.#find(place)?.kept.contributor };
  }

  isErased(place: number): boolean {
    const found = this.#find(place);
    return found?.kept.erased?.has(found.index) ?? false;
  }

  /**
   * Origins of the records at these places. The path is empty for a record that was erased, and also where the contribution's file,
   * checked when the version was loaded, can no longer be read within the wait: contributor, licence and the source's name and
   * version are known without it, and an answer does not fail for want of a path.
   *
   * @param signal Ends the wait for files; after three seconds if not given
   * @throws Error for a place that the version does not have
   */
  async of(
    places: readonly number[],
    signal = AbortSignal.timeout(PATIENCE_MS),
  ): Promise<ReadonlyMap<number, RecordOrigin>> {
    const byContribution = new Map<KeptContribution, { readonly place: number; readonly index: number }[]>();
    for (const place of new Set(places)) {
      const found = this.#find(place);
      if (found === undefined) throw new Error(`No record ${place} among the version's ${this.length}.`);
      const asked = byContribution.get(found.kept) ?? [];
      asked.push({ place, index: found.index });
      byContribution.set(found.kept, asked);
    }
    const origins = new Map<number, RecordOrigin>();
    for (const [kept, asked] of byContribution) {
      const { number, contributor, licence, source } = kept;
      const isLeft = asked.some(({ index }) => !kept.erased?.has(index));
      const paths = isLeft ? await this.#paths(kept, signal) : undefined;
      for (const { place, index } of asked) {
        const path = paths?.at(index) ?? "";
        origins.set(place, { contribution: number, contributor, licence, source: { ...source, path } });
      }
    }
    return origins;
  }

  /**
   * Texts of all records, contribution by contribution, each read when it is asked for; empty for one that was erased.
   *
   * @throws ContentUnavailableError, ContentErasedError, ContentMismatchError
   */
  async *texts(): AsyncGenerator<readonly string[]> {
    for (const [contribution, kept] of this.contributions.entries()) {
      if (kept === undefined) continue;
      const texts = await this.shelf.texts(kept);
      yield Array.from(this.records.of(contribution), ({ index }) => texts[index]!);
    }
  }

  /**
   * What is left of the sources of records that were erased, by their places in the version.
   *
   * @param most of one map
   */
  *erasedSources(most: number): Generator<ReadonlyMap<number, RecordOrigin["source"]>> {
    let sources = new Map<number, RecordOrigin["source"]>();
    for (const [contribution, kept] of this.contributions.entries()) {
      if (kept?.erased === undefined) continue;
      for (const { place, index } of this.records.of(contribution)) {
        if (!kept.erased.has(index)) continue;
        sources.set(place, { ...kept.source, path: "" });
        if (sources.size < most) continue;
        yield sources;
        sources = new Map();
      }
    }
    if (sources.size > 0) yield sources;
  }

  async #paths(kept: KeptContribution, signal: AbortSignal): Promise<PathTable | undefined> {
    try {
      return await this.shelf.paths(kept, signal);
    } catch (cause) {
      this.onFault(new Error(`Where records of contribution ${kept.number} come from is not shown.`, { cause }));
      return undefined;
    }
  }

  #find(place: number): { readonly kept: KeptContribution; readonly index: number } | undefined {
    const found = this.records.at(place);
    const kept = found === undefined ? undefined : this.contributions[found.contribution];
    return kept === undefined ? undefined : { kept, index: found!.index };
  }
}
