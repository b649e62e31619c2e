/**
 * The texts of a Datanet version, read file by file whenever they are asked for: no memory holds those of ten million records.
 * Each file is checked against what was committed, and what was revoked before the version was published is not read: it may be
 * erased.
 */
import type { Contributors } from "@openledger/engine";
import type { Revocation } from "@openledger/sdk";
import {
  type ContentClient,
  ContentErasedError,
  type HeldContribution,
  isErased,
  type RecordPlace,
  VersionRecords,
} from "@openledger/sdk";
import type { Hex } from "viem";
import type { AcceptedContribution, PublishedVersion } from "../store/ChainFacts.js";
import { readContributionFile } from "./readContributionFile.js";

export interface PlacedText {
  /** Of the record in the version. */
  readonly place: number;
  /** Undefined for a record that was erased. */
  readonly text: string | undefined;
}

type EarlierCounts = Pick<PublishedVersion, "contributionCount" | "revocationCount">;

export class VersionTexts {
  readonly #records: VersionRecords;
  /** The record that was looked for last: every contribution behind a version is asked for the same one. */
  #found: { readonly place: number; readonly record: RecordPlace | undefined } | undefined;

  /**
   * @param accepted The version's contributions, in the order of acceptance
   * @param revocations Before it was published
   */
  constructor(
    private readonly content: Pick<ContentClient, "get">,
    private readonly datanet: bigint,
    private readonly accepted: readonly AcceptedContribution[],
    private readonly revocations: readonly Revocation[],
  ) {
    this.#records = recordsOf(accepted, revocations);
  }

  /** Number of records. */
  get length(): number {
    return this.#records.length;
  }

  /** `[records]` */
  get contributors(): Contributors {
    const [records, accepted] = [this.#records, this.accepted];
    return {
      length: records.length,
      at: (place) => {
        const found = records.at(place);
        return found && accepted[found.contribution]!.contributor;
      },
    };
  }

  /**
   * Where records of this version stand in an earlier one of the same Datanet, which has the first of the same contributions,
   * without the first of the same revocations.
   *
   * @returns the place of a record there, undefined where it is not
   */
  placesIn(earlier: EarlierCounts): (place: number) => number | undefined {
    const records = recordsOf(
      this.accepted.slice(0, Number(earlier.contributionCount)),
      this.revocations.slice(0, Number(earlier.revocationCount)),
    );
    return (place) => {
      const record = this.#recordAt(place);
      return record && records.placeOf(record);
    };
  }

  /** Contributions that were accepted behind an earlier version, each with where records of this version stand in its file. */
  contributionsBehind({ contributionCount }: Pick<EarlierCounts, "contributionCount">): readonly {
    readonly dataHash: Hex;
    /** Undefined for the place of a record that is not of it. */
    placeOf(place: number): number | undefined;
  }[] {
    const before = Number(contributionCount);
    return this.accepted.slice(before).map(({ dataHash }, at) => ({
      dataHash,
      placeOf: (place) => {
        const record = this.#recordAt(place);
        return record?.contribution === before + at ? record.index : undefined;
      },
    }));
  }

  #recordAt(place: number): RecordPlace | undefined {
    if (this.#found?.place !== place) this.#found = { place, record: this.#records.at(place) };
    return this.#found.record;
  }

  /**
   * Every record's text once.
   *
   * @param order Of the version, or that in which contributions were committed: which of two was first, whenever they were accepted
   * @throws OracleError `content_mismatch`; ContentUnavailableError, ContentMismatchError; MalformedDocumentError, InvalidValueError; the
   * signal's reason
   */
  async *read(order: "version" | "commitment", signal: AbortSignal): AsyncGenerator<PlacedText> {
    const contributions = [...this.accepted.keys()];
    if (order === "commitment") {
      const number = (at: number) => this.accepted[at]!.contribution;
      contributions.sort((a, b) => (number(a) < number(b) ? -1 : 1));
    }
    for (const contribution of contributions) {
      const left = this.#records.of(contribution);
      const first = left.next();
      if (first.done) continue;
      const file = await this.#file(contribution, signal);
      yield { place: first.value.place, text: textOf(file, first.value.index) };
      for (const { place, index } of left) yield { place, text: textOf(file, index) };
    }
  }

  /** Undefined where it was erased as a whole. */
  async #file(contribution: number, signal: AbortSignal): Promise<HeldContribution | undefined> {
    const committed = { datanet: this.datanet, ...this.accepted[contribution]! };
    try {
      return await readContributionFile(this.content, committed, signal);
    } catch (error) {
      if (error instanceof ContentErasedError) return undefined;
      throw error;
    }
  }
}

function recordsOf(accepted: readonly AcceptedContribution[], revocations: readonly Revocation[]): VersionRecords {
  return new VersionRecords(
    accepted.map(({ contribution, recordCount }) => ({ number: contribution, recordCount })),
    revocations,
  );
}

function textOf(file: HeldContribution | undefined, index: number): string | undefined {
  const record = file?.records[index];
  return record === undefined || isErased(record) ? undefined : record.text;
}
