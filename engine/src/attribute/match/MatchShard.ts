import { MATCH_RECORD_END } from "@openledger/sdk";
import { AttributionError } from "../errors.js";
import { suffixArray } from "./suffixArray.js";

/** Where a piece of a query stands among the suffixes: those of ranks `first` (inclusive) to `end` (exclusive) begin with it. */
export interface Occurrences {
  readonly first: number;
  readonly end: number;
}

/** A place in a record. */
export interface MatchPlace {
  /** By its place in the Datanet version. */
  readonly record: number;
  /** Bytes from the record's first. */
  readonly offset: number;
}

/**
 * Records' bytes one behind another with all their suffixes in order (a suffix array): finds where, and how often, a piece
 * of text stands in them, by comparing at most log₂ of the suffixes.
 */
export class MatchShard {
  /** `[65537]`: how many suffixes begin with less than these two bytes. */
  readonly #prefixes: Uint32Array;

  /**
   * @param text `[n]`, each record and behind it `MATCH_RECORD_END`
   * @param order `[n]`, see `suffixArray`
   * @param starts `[records + 1]`, where each record begins, and n
   */
  constructor(
    readonly text: Uint8Array,
    readonly order: Uint32Array,
    readonly starts: Uint32Array,
    /** Place of the first record in the Datanet version. */
    readonly firstRecord: number,
  ) {
    this.#prefixes = countPrefixes(text);
  }

  /**
   * @param records Canonical UTF-8 each, together at most 64 MiB
   * @throws AttributionError `invalid_request` when they are longer, or hold a byte that no UTF-8 holds
   */
  static of(records: readonly Uint8Array[], firstRecord = 0): MatchShard {
    const starts = new Uint32Array(records.length + 1);
    for (const [i, record] of records.entries()) {
      if (record.includes(MATCH_RECORD_END)) {
        throw new AttributionError(
          "invalid_request",
          `record ${firstRecord + i} is not UTF-8: byte ${record.indexOf(MATCH_RECORD_END)} is 0xff`,
        );
      }
      starts[i + 1] = starts[i]! + record.length + 1;
    }
    const text = new Uint8Array(starts[records.length]!).fill(MATCH_RECORD_END);
    for (const [i, record] of records.entries()) text.set(record, starts[i]!);
    return new MatchShard(text, suffixArray(text), starts, firstRecord);
  }

  get recordCount(): number {
    return this.starts.length - 1;
  }

  /**
   * How many bytes of a query, from one of them on, stand somewhere in the records.
   *
   * @param from Place of the first of them; the last two bytes of a query are not looked for alone
   */
  longest(query: Uint8Array, from: number): number {
    if (from + 2 > query.length) return 0;
    let [low, high] = this.#bucket(query, from);
    // the suffixes beside the place at which the query would stand share most with it
    let [sharedLow, sharedHigh, best] = [2, 2, low < high ? 2 : 0];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const shared = this.#shared(query, from, this.order[middle]!, Math.min(sharedLow, sharedHigh));
      if (shared > best) best = shared;
      if (this.#isLess(query, from, this.order[middle]!, shared)) [high, sharedHigh] = [middle, shared];
      else [low, sharedLow] = [middle + 1, shared];
    }
    return best;
  }

  /** Where a piece of a query stands, or, of as many as none, would stand. */
  occurrences(query: Uint8Array, from: number, to: number): Occurrences {
    const [low, high] = to - from < 2 ? [0, this.order.length] : this.#bucket(query, from);
    const piece = query.subarray(from, to);
    const first = this.#bound(piece, low, high, (shared) => shared === piece.length);
    return { first, end: this.#bound(piece, first, high, () => false) };
  }

  /** The place of a byte of the text. */
  placeOf(position: number): MatchPlace {
    let [low, high] = [0, this.recordCount];
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.starts[middle]! <= position) low = middle;
      else high = middle;
    }
    return { record: this.firstRecord + low, offset: position - this.starts[low]! };
  }

  #bucket(query: Uint8Array, from: number): [number, number] {
    const prefix = (query[from]! << 8) | query[from + 1]!;
    return [this.#prefixes[prefix]!, this.#prefixes[prefix + 1]!];
  }

  /** The first rank whose suffix is not less than the piece; `isAbove` says what one counts as that begins with it. */
  #bound(piece: Uint8Array, low: number, high: number, isAbove: (shared: number) => boolean): number {
    let [from, to] = [low, high];
    while (from < to) {
      const middle = (from + to) >>> 1;
      const suffix = this.order[middle]!;
      const shared = this.#shared(piece, 0, suffix, 0);
      const above = shared === piece.length ? isAbove(shared) : this.#isLess(piece, 0, suffix, shared);
      if (above) to = middle;
      else from = middle + 1;
    }
    return from;
  }

  /** Bytes that query and suffix share, of which the first `known` are known. */
  #shared(query: Uint8Array, from: number, suffix: number, known: number): number {
    const most = Math.min(query.length - from, this.text.length - suffix);
    let shared = known;
    while (shared < most && query[from + shared] === this.text[suffix + shared]) shared++;
    return shared;
  }

  /** Whether the query is less than a suffix of which it shares this much; one that ends is less than one that goes on. */
  #isLess(query: Uint8Array, from: number, suffix: number, shared: number): boolean {
    if (from + shared === query.length) return true;
    if (suffix + shared === this.text.length) return false;
    return query[from + shared]! < this.text[suffix + shared]!;
  }
}

/** How many suffixes begin with less than each two bytes; the last byte alone is less than whatever it begins. */
function countPrefixes(text: Uint8Array): Uint32Array {
  const counts = new Uint32Array(2 ** 16 + 1);
  for (let i = 0; i + 1 < text.length; i++) counts[((text[i]! << 8) | text[i + 1]!) + 1]!++;
  const last = text.at(-1);
  if (last !== undefined) counts[last << 8]!++;
  for (let prefix = 1; prefix <= 2 ** 16; prefix++) counts[prefix]! += counts[prefix - 1]!;
  return counts;
}
