import type { PositionCodes } from "../codes.js";
import type { Hex } from "../hex.js";
import type { NearPosting } from "../kernel/KernelIndex.js";
import { reachOf } from "../kernel/reach.js";
import type { VersionIndex } from "../kernel/VersionIndex.js";
import type { SegmentLists } from "./SegmentLists.js";

interface SegmentIndexParts {
  readonly root: Hex;
  readonly baseWeightsRoot: Hex;
  readonly attributionHash: Hex;
  readonly floors: Uint32Array;
}

/** An index whose postings stay on disk: the same root, and the same answers, as `AttributionIndex` over the same records. */
export class SegmentIndex implements VersionIndex {
  readonly root: Hex;
  readonly baseWeightsRoot: Hex;
  readonly attributionHash: Hex;
  readonly floors: Uint32Array;
  readonly #thresholds = new Map<number, number>();

  /** @param thresholds `[targets]`, of the lists' targets */
  constructor(
    private readonly lists: SegmentLists,
    thresholds: Int16Array,
    parts: SegmentIndexParts,
  ) {
    ({
      root: this.root,
      baseWeightsRoot: this.baseWeightsRoot,
      attributionHash: this.attributionHash,
      floors: this.floors,
    } = parts);
    for (const [place, token] of lists.targets.entries()) this.#thresholds.set(token, thresholds[place]!);
  }

  get recordCount(): number {
    return this.lists.recordCount;
  }

  near(token: number, words: Uint32Array, at: number, found: NearPosting): void {
    const threshold = this.#thresholds.get(token);
    if (threshold !== undefined) this.lists.near(token, words, at, reachOf(threshold), found);
  }

  row(record: number): PositionCodes {
    return this.lists.row(record);
  }

  ids(record: number): Uint32Array {
    return this.lists.ids(record);
  }

  threshold(token: number): number {
    return this.#thresholds.get(token) ?? 0;
  }

  /** Closes its files; nothing can be asked of it afterwards. */
  close(): void {
    this.lists.close();
  }
}
