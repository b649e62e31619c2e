import { CODE_BYTES, type PositionCodes } from "../codes.js";
import { hamming } from "./hamming.js";
import type { KernelIndex, NearPosting } from "./KernelIndex.js";
import { reachOf } from "./reach.js";
import type { TokenLists } from "./TokenLists.js";

/**
 * The positions of all records by the token that stands there, ascending in (token, record, position).
 *
 * A posting is its place p in that order; `begin(y)` to `end(y)` are the postings of token y.
 */
export class Postings implements TokenLists {
  readonly count: number;
  readonly recordCount: number;
  /** `[count]` each. */
  readonly record: Uint32Array;
  readonly position: Uint16Array;
  readonly surprise: Uint8Array;
  /** `[count, 16]` */
  readonly codes: Uint8Array;
  /** `[count, 4]`, the same memory: see `codeWords`. */
  readonly words: Uint32Array;
  /** Tokens that occur, ascending. */
  readonly targets: Uint32Array;
  /** `[targets + 1]`, where each token's postings begin, and `count`. */
  readonly offsets: Uint32Array;
  private readonly placeOf = new Map<number, number>();

  constructor(rows: readonly PositionCodes[]) {
    const counts = new Map<number, number>();
    let count = 0;
    for (const row of rows) {
      for (const id of row.ids) counts.set(id, (counts.get(id) ?? 0) + 1);
      count += row.ids.length;
    }
    this.count = count;
    this.recordCount = rows.length;
    this.targets = Uint32Array.from(counts.keys()).sort();
    this.offsets = new Uint32Array(this.targets.length + 1);
    this.targets.forEach((target, place) => {
      this.placeOf.set(target, place);
      this.offsets[place + 1] = this.offsets[place]! + counts.get(target)!;
    });

    this.record = new Uint32Array(count);
    this.position = new Uint16Array(count);
    this.surprise = new Uint8Array(count);
    this.codes = new Uint8Array(count * CODE_BYTES);
    this.words = new Uint32Array(this.codes.buffer);
    const next = this.offsets.slice();
    rows.forEach((row, record) => {
      row.ids.forEach((id, position) => {
        const p = next[this.placeOf.get(id)!]!++;
        this.record[p] = record;
        this.position[p] = position;
        this.surprise[p] = row.surprises[position]!;
        this.codes.set(row.codes.subarray(position * CODE_BYTES, (position + 1) * CODE_BYTES), p * CODE_BYTES);
      });
    });
  }

  /** Place of a token among `targets`, or −1 when no record has it. */
  place(token: number): number {
    return this.placeOf.get(token) ?? -1;
  }

  begin(place: number): number {
    return this.offsets[place]!;
  }

  end(place: number): number {
    return this.offsets[place + 1]!;
  }

  sizeOf(place: number): number {
    return this.end(place) - this.begin(place);
  }

  countDistances(place: number, words: Uint32Array, histogram: Float64Array): void {
    for (let at = 0; at < words.length; at += 4) {
      for (let p = this.begin(place); p < this.end(place); p++) histogram[hamming(this.words, p * 4, words, at)]!++;
    }
  }
}

/** Postings with θ of each of their tokens, looked through one by one. */
export class PostingIndex implements KernelIndex {
  /** @param thresholds `[targets]`: θ by the token's place among the postings' targets */
  constructor(
    readonly postings: Postings,
    readonly thresholds: Int16Array,
  ) {}

  get recordCount(): number {
    return this.postings.recordCount;
  }

  near(token: number, words: Uint32Array, at: number, found: NearPosting): void {
    const { postings } = this;
    const place = postings.place(token);
    if (place < 0) return;
    const reach = reachOf(this.thresholds[place]!);
    for (let p = postings.begin(place); p < postings.end(place); p++) {
      const distance = hamming(postings.words, p * 4, words, at);
      if (distance <= reach) found(postings.record[p]!, distance, postings.surprise[p]!);
    }
  }
}
