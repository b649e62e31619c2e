/**
 * Records that were committed before, by which later ones are judged: as the same text, or as the text that most of another stands
 * in. A layer holds what one contribution adds and looks through the layers beneath it first, so that the first committed is named,
 * and a contribution that is refused leaves nothing behind.
 */
import { contentHash } from "@openledger/sdk";
import { CopySearch } from "./CopySearch.js";
import { SHINGLE_BYTES } from "./shingles.js";

/** A record's place in the Datanets. */
export interface RecordPlace {
  readonly contribution: bigint;
  readonly index: number;
}

/** Equal bytes: `length` of them from `at` in the later text and from `place` in the earlier one. */
export interface SharedRun {
  readonly at: number;
  readonly place: number;
  readonly length: number;
}

export interface EarlierCopy {
  readonly of: RecordPlace;
  /** Part of the text's distinct shingles that stand in the earlier record, 0.5 to 1. */
  readonly containment: number;
  /** Every shared shingle lies in one of them; ascending in the later text. */
  readonly runs: readonly SharedRun[];
}

export class EarlierRecords {
  readonly #places: RecordPlace[] = [];
  readonly #byHash = new Map<string, RecordPlace>();
  readonly #copies = new CopySearch();

  constructor(private readonly beneath?: EarlierRecords) {}

  /** Records of this layer and those beneath it. */
  get count(): number {
    return this.#places.length + (this.beneath?.count ?? 0);
  }

  /** Adds a record behind those before it. @throws AttributionError `record_too_long` */
  add(place: RecordPlace, text: Uint8Array): void {
    this.#copies.add(text);
    this.#places.push(place);
    const hash = contentHash(text);
    if (!this.#byHash.has(hash)) this.#byHash.set(hash, place);
  }

  /** The first record of the same bytes. */
  same(text: Uint8Array): RecordPlace | undefined {
    return this.#sameBy(contentHash(text));
  }

  /** What a text is a copy of, light edits notwithstanding. @throws AttributionError `record_too_long` */
  copied(text: Uint8Array): EarlierCopy | undefined {
    const before = this.beneath?.copied(text);
    if (before !== undefined) return before;
    const copy = this.#copies.find(text);
    if (copy === undefined) return undefined;
    return { of: this.#places[copy.record]!, containment: copy.containment, runs: runsOf(copy.shared) };
  }

  #sameBy(hash: string): RecordPlace | undefined {
    const before = this.beneath === undefined ? undefined : this.beneath.#sameBy(hash);
    return before ?? this.#byHash.get(hash);
  }
}

/** Shingles that follow one another in both texts, as one. */
function runsOf(shared: readonly (readonly [number, number])[]): SharedRun[] {
  const runs: { at: number; place: number; length: number }[] = [];
  for (const [at, place] of shared) {
    const last = runs.at(-1);
    const offset = last === undefined ? -1 : at - last.at;
    if (last !== undefined && place - last.place === offset && last.length - SHINGLE_BYTES + 1 === offset)
      last.length++;
    else runs.push({ at, place, length: SHINGLE_BYTES });
  }
  return runs;
}
