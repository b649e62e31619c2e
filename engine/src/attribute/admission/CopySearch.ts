/**
 * Finds which earlier record a text was copied from, light edits notwithstanding. A text is a copy of a record when half of its
 * 10-byte shingles or more stand in it: containment, not resemblance (Broder 1997), since a copier who adds text of his own lowers
 * what the two have in common of both, and not what he took.
 *
 * Candidates come from shingles whose hash is 0 modulo `SAMPLED`, the same ones in every text (Broder's modulo sketch): a copy
 * shares half of its sample on average. What they say is then counted over all shingles, byte by byte.
 *
 * Few records are held in memory; of any more texts and sampled hashes go to files, so that millions need no more of it.
 */
import { tmpdir } from "node:os";
import { AttributionError } from "../errors.js";
import { HashHolders } from "./HashHolders.js";
import { MAX_HOLDERS } from "./HolderTable.js";
import { RecordTexts } from "./RecordTexts.js";
import { sameShingle, shingleHashes } from "./shingles.js";

/** One shingle in this many is indexed. */
const SAMPLED = 4;
/**
 * Part of a text's sample that a candidate has to share: half of what a copy shares on average, however its edits lie. Since a sampled
 * shingle has 64 holders at most, no more than 256 records can be candidates, and none crowds out another.
 */
const CANDIDATE_PART = 0.25;
/** Part of a text's shingles that makes it a copy. */
export const COPY_CONTAINMENT = 0.5;
/** Most bytes of a record. */
export const MAX_RECORD_BYTES = 8192;

export interface Copy {
  /** By the order in which records were added. */
  readonly record: number;
  /** Part of the text's distinct shingles that the record has, 0.5 to 1. */
  readonly containment: number;
  /** Where a shared shingle begins, in the text and in the record; one pair for each of them, ascending in the text. */
  readonly shared: readonly (readonly [number, number])[];
}

/** How much of earlier records is in memory, and where the rest is. */
export interface MemoryOptions {
  /**
   * Bytes of texts and hashes; 64 MiB if absent. Besides them there are up to 16 a record, and a third more while hashes are written to
   * disk; there a record takes its text and two bytes for each of its own, while runs are merged three.
   */
  readonly memory?: number;
  /** A folder with room for the rest, made if there is none; absent, the system's for temporary files, which may be in memory too. */
  readonly folder?: string;
}

/** Bytes that earlier records may have in memory. */
export const DEFAULT_MEMORY = 2 ** 26;
/** Part of the memory that is for texts. */
const TEXT_PART = 1 / 8;

export class CopySearch {
  readonly #texts: RecordTexts;
  readonly #holders: HashHolders;

  constructor({ memory = DEFAULT_MEMORY, folder = tmpdir() }: MemoryOptions = {}) {
    this.#texts = new RecordTexts(folder, TEXT_PART * memory);
    this.#holders = new HashHolders(folder, (1 - TEXT_PART) * memory);
  }

  /** Records. */
  get count(): number {
    return this.#texts.count;
  }

  /** 0 while all is in memory. */
  get bytesOnDisk(): number {
    return this.#texts.bytesOnDisk + this.#holders.bytesOnDisk;
  }

  /**
   * Adds a record behind those before it.
   *
   * @throws AttributionError `record_too_long`; what the system says of a disk that is full. All is then as it was before
   */
  add(text: Uint8Array): void {
    requireLength(text);
    const sample = new Set(sampleOf(text));
    this.#holders.reserve(sample.size);
    this.#holders.add(this.#texts.add(text), sample);
  }

  /** The text of a record that was added. */
  text(record: number): Uint8Array {
    return this.#texts.at(record);
  }

  /**
   * The record that holds most of a text, the first of several, if it holds enough to make the text its copy. A text that is too
   * short for a shingle is nobody's.
   *
   * @throws AttributionError `record_too_long`
   */
  find(text: Uint8Array): Copy | undefined {
    requireLength(text);
    const sample = new Set(sampleOf(text));
    const candidates = this.#sharing(sample, Math.max(1, CANDIDATE_PART * sample.size));
    const hashes = shingleHashes(text);
    let best: Copy | undefined;
    for (const record of candidates) {
      const copy = compare(text, hashes, this.#texts.at(record), record);
      if (copy.containment >= COPY_CONTAINMENT && copy.containment > (best?.containment ?? 0)) best = copy;
    }
    return best;
  }

  /** Records that share so many of some hashes or more, ascending. */
  #sharing(sample: ReadonlySet<number>, least: number): number[] {
    const holders = new Uint32Array(MAX_HOLDERS * sample.size);
    let count = 0;
    for (const hash of sample) {
      const found = this.#holders.of(hash);
      holders.set(found, count);
      count += found.length;
    }
    const sorted = holders.subarray(0, count).sort();
    const sharing: number[] = [];
    for (let begin = 0, end = 0; begin < count; begin = end) {
      while (end < count && sorted[end] === sorted[begin]) end++;
      if (end - begin >= least) sharing.push(sorted[begin]!);
    }
    return sharing;
  }

  /** Gives back what it has on disk; nothing is added or found afterwards. */
  close(): void {
    this.#texts.close();
    this.#holders.close();
  }
}

/** Counts every distinct shingle of `text` once, at its first place. */
function compare(text: Uint8Array, hashes: Uint32Array, earlier: Uint8Array, record: number): Copy {
  const places = new Map<number, number[]>();
  shingleHashes(earlier).forEach((hash, at) => {
    places.set(hash, [...(places.get(hash) ?? []), at].slice(0, MAX_HOLDERS));
  });
  const shared: [number, number][] = [];
  const seen = new Set<number>();
  hashes.forEach((hash, at) => {
    if (seen.has(hash)) return;
    seen.add(hash);
    const found = places.get(hash)?.find((place) => sameShingle(text, at, earlier, place));
    if (found !== undefined) shared.push([at, found]);
  });
  return { record, containment: shared.length / Math.max(1, seen.size), shared };
}

function sampleOf(text: Uint8Array): Uint32Array {
  const hashes = shingleHashes(text);
  const sampled = hashes.filter((hash) => hash % SAMPLED === 0);
  // of a very short text all that there is
  return sampled.length < 4 ? hashes : sampled;
}

function requireLength(text: Uint8Array): void {
  if (text.length <= MAX_RECORD_BYTES) return;
  throw new AttributionError(
    "record_too_long",
    `a record has ${text.length} bytes, at most ${MAX_RECORD_BYTES} are admitted; split it`,
  );
}
