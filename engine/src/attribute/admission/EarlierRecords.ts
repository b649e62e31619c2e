/**
 * Records that were committed before, by which later ones are judged: as the same text, or as the text that most of another stands
 * in. A layer holds what one contribution adds and looks through the layers beneath it first, so that the first committed is named,
 * and a contribution that is refused leaves nothing behind.
 */
import { createHash, randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { grown } from "../grown.js";
import { CopySearch, DEFAULT_MEMORY, type MemoryOptions } from "./CopySearch.js";
import { HashHolders } from "./HashHolders.js";
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

/** Part of a layer's memory that is for finding equal texts; the rest is for finding copies. */
const SAME_PART = 1 / 8;
/** Part of the lowest layer's memory that each of the others may have: a round has up to 64, mostly of some thousand records. */
const LAYER_PART = 1 / 8;

export class EarlierRecords {
  #contributions = new BigUint64Array(16);
  #indexes = new Uint32Array(16);
  readonly #copies: CopySearch;
  /** Texts that differ, by their hash. */
  readonly #distinct: HashHolders;
  /** Nobody who does not know it can write texts of one hash, of which no more than 64 would be kept. */
  readonly #key: Uint8Array;
  readonly #options: MemoryOptions;

  /** @param options Of the lowest layer; those above it may have an eighth of its memory each */
  constructor(
    private readonly beneath?: EarlierRecords,
    options: MemoryOptions = {},
  ) {
    this.#options = beneath === undefined ? options : beneath.#options;
    this.#key = beneath === undefined ? randomBytes(16) : beneath.#key;
    const { memory = DEFAULT_MEMORY, folder = tmpdir() } = this.#options;
    const own = beneath === undefined ? memory : LAYER_PART * memory;
    this.#copies = new CopySearch({ folder, memory: (1 - SAME_PART) * own });
    this.#distinct = new HashHolders(folder, SAME_PART * own);
  }

  /** Records of this layer and those beneath it. */
  get count(): number {
    return this.#copies.count + (this.beneath?.count ?? 0);
  }

  /** Bytes of this layer that are not in memory. */
  get bytesOnDisk(): number {
    return this.#copies.bytesOnDisk + this.#distinct.bytesOnDisk;
  }

  /**
   * Adds a record behind those before it.
   *
   * @throws AttributionError `record_too_long`; what the system says of a disk that is full. All is then as it was before
   */
  add({ contribution, index }: RecordPlace, text: Uint8Array): void {
    const record = this.#copies.count;
    const hash = this.#hashOf(text);
    const isDistinct = this.#sameHere(text, hash) === undefined;
    this.#distinct.reserve(1);
    this.#contributions = grown(this.#contributions, record + 1);
    this.#indexes = grown(this.#indexes, record + 1);
    this.#copies.add(text);

    this.#contributions[record] = contribution;
    this.#indexes[record] = index;
    if (isDistinct) this.#distinct.add(record, [hash]);
  }

  /** The first record of the same bytes. */
  same(text: Uint8Array): RecordPlace | undefined {
    return this.#same(text, this.#hashOf(text));
  }

  /** What a text is a copy of, light edits notwithstanding. @throws AttributionError `record_too_long` */
  copied(text: Uint8Array): EarlierCopy | undefined {
    const before = this.beneath?.copied(text);
    if (before !== undefined) return before;
    const copy = this.#copies.find(text);
    if (copy === undefined) return undefined;
    return { of: this.#placeOf(copy.record), containment: copy.containment, runs: runsOf(copy.shared) };
  }

  /** Gives back what this layer has on disk, and nothing of those beneath it; nothing is asked of it afterwards. */
  close(): void {
    this.#copies.close();
    this.#distinct.close();
  }

  #same(text: Uint8Array, hash: number): RecordPlace | undefined {
    const before = this.beneath === undefined ? undefined : this.beneath.#same(text, hash);
    if (before !== undefined) return before;
    const record = this.#sameHere(text, hash);
    return record === undefined ? undefined : this.#placeOf(record);
  }

  #sameHere(text: Uint8Array, hash: number): number | undefined {
    return this.#distinct.of(hash).find((record) => Buffer.compare(this.#copies.text(record), text) === 0);
  }

  #placeOf(record: number): RecordPlace {
    return { contribution: this.#contributions[record]!, index: this.#indexes[record]! };
  }

  #hashOf(text: Uint8Array): number {
    return createHash("sha256").update(this.#key).update(text).digest().readUInt32BE(0);
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
