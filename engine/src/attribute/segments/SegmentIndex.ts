import type { PositionCodes } from "../codes.js";
import type { Hex } from "../hex.js";
import type { NearPosting } from "../kernel/KernelIndex.js";
import type { VersionIndex } from "../kernel/VersionIndex.js";
import type { SegmentPostings } from "./SegmentPostings.js";

interface SegmentIndexParts {
  readonly root: Hex;
  readonly baseWeightsRoot: Hex;
  readonly attributionHash: Hex;
  readonly floors: Uint32Array;
  readonly erasedRecords: number;
}

/** An index whose postings stay on disk: the same root, and the same answers, as `AttributionIndex` over the same records. */
export class SegmentIndex implements VersionIndex {
  readonly root: Hex;
  readonly baseWeightsRoot: Hex;
  readonly attributionHash: Hex;
  readonly floors: Uint32Array;
  readonly erasedRecords: number;

  constructor(
    private readonly postings: SegmentPostings,
    parts: SegmentIndexParts,
  ) {
    ({
      root: this.root,
      baseWeightsRoot: this.baseWeightsRoot,
      attributionHash: this.attributionHash,
      floors: this.floors,
      erasedRecords: this.erasedRecords,
    } = parts);
  }

  get recordCount(): number {
    return this.postings.recordCount;
  }

  near(token: number, words: Uint32Array, at: number, found: NearPosting): void {
    this.postings.near(token, words, at, found);
  }

  row(record: number): PositionCodes {
    return this.postings.lists.row(record);
  }

  ids(record: number): Uint32Array {
    return this.postings.lists.ids(record);
  }

  threshold(token: number): number {
    return this.postings.threshold(token);
  }

  /** Closes its files; nothing can be asked of it afterwards. */
  close(): void {
    this.postings.lists.close();
  }
}
