import type { KernelIndex, NearPosting } from "../kernel/KernelIndex.js";
import { reachOf } from "../kernel/reach.js";
import type { SegmentLists } from "./SegmentLists.js";

/** Lists of segments with θ of each of their tokens: as `PostingIndex`, on disk. */
export class SegmentPostings implements KernelIndex {
  readonly #thresholds: ReadonlyMap<number, number>;

  /** @param thresholds `[targets]`, of the lists' targets */
  constructor(
    readonly lists: SegmentLists,
    thresholds: Int16Array,
  ) {
    this.#thresholds = new Map([...lists.targets].map((token, place) => [token, thresholds[place]!]));
  }

  get recordCount(): number {
    return this.lists.recordCount;
  }

  near(token: number, words: Uint32Array, at: number, found: NearPosting): void {
    const threshold = this.#thresholds.get(token);
    if (threshold !== undefined) this.lists.near(token, words, at, reachOf(threshold), found);
  }

  /** θ of a token; 0 for one that no record has. */
  threshold(token: number): number {
    return this.#thresholds.get(token) ?? 0;
  }
}
