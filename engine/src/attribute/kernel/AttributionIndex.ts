import { domainHash, leafHash, merkleRoot } from "@openledger/sdk";
import type { AttributionBase } from "../AttributionBase.js";
import { CODE_BYTES, type PositionCodes } from "../codes.js";
import { AttributionError } from "../errors.js";
import type { Hex } from "../hex.js";
import { shareFloors } from "./floors.js";
import { checkLength, indexRoot, POSTINGS_BLOCK, PostingsPayload, recordPayload } from "./indexRoot.js";
import type { NearPosting } from "./KernelIndex.js";
import { PostingIndex, Postings } from "./Postings.js";
import { tokenThresholds } from "./thresholds.js";
import type { VersionIndex } from "./VersionIndex.js";

interface Parts {
  readonly rows: readonly PositionCodes[];
  readonly baseWeightsRoot: Hex;
  /** SHA-256 of the base's attribution file, which fixed the codes and the decoys. */
  readonly attributionHash: Hex;
}

/**
 * The index of one Datanet version under one base: what attribution reads of the records, and the thresholds that the
 * base's decoys set for them, wholly in memory: for benches and tests, and what `SegmentIndex` is compared with.
 *
 * `root`: see `indexRoot`.
 */
export class AttributionIndex implements VersionIndex {
  readonly root: Hex;
  readonly postingsRoot: Hex;
  readonly postings: Postings;
  readonly recordCount: number;
  readonly baseWeightsRoot: Hex;
  readonly attributionHash: Hex;
  readonly erasedRecords = 0;
  readonly #lists: PostingIndex;

  private constructor(
    private readonly parts: Parts,
    readonly thresholds: Int16Array,
    /** `[9]`, see `shareFloors`. */
    readonly floors: Uint32Array,
    postings: Postings,
  ) {
    this.postings = postings;
    this.recordCount = parts.rows.length;
    this.baseWeightsRoot = parts.baseWeightsRoot;
    this.attributionHash = parts.attributionHash;
    this.#lists = new PostingIndex(postings, thresholds);
    this.postingsRoot = merkleRoot(domainHash("IndexPostings"), this.postingLeaves());
    this.root = indexRoot({
      ...parts,
      floors,
      recordsRoot: merkleRoot(domainHash("IndexRecord"), this.recordLeaves()),
      postingsRoot: this.postingsRoot,
    });
  }

  /**
   * Builds the index of records from their codes, in the version's order.
   *
   * @throws AttributionError `record_too_long`
   */
  static of(parts: Parts, decoys: AttributionBase["decoys"]): AttributionIndex {
    for (const [record, row] of parts.rows.entries()) checkLength(record, row.ids.length);
    const postings = new Postings(parts.rows);
    const thresholds = tokenThresholds(postings, decoys);
    const floors = shareFloors(new PostingIndex(postings, thresholds), decoys);
    return new AttributionIndex(parts, thresholds, floors, postings);
  }

  /** Codes of one record. */
  row(record: number): PositionCodes {
    const row = this.parts.rows[record];
    if (row === undefined) {
      throw new AttributionError("invalid_request", `the index has ${this.recordCount} records, asked for ${record}`);
    }
    return row;
  }

  /** Tokens of one record. */
  ids(record: number): Uint32Array {
    return this.row(record).ids;
  }

  /** θ of a token; 0 for one that no record has. */
  threshold(token: number): number {
    const place = this.postings.place(token);
    return place < 0 ? 0 : this.thresholds[place]!;
  }

  near(token: number, words: Uint32Array, at: number, found: NearPosting): void {
    this.#lists.near(token, words, at, found);
  }

  private *recordLeaves(): Generator<Hex> {
    for (const [record, row] of this.parts.rows.entries()) {
      yield leafHash(domainHash("IndexRecord"), recordPayload(record, row));
    }
  }

  private *postingLeaves(): Generator<Hex> {
    const { postings, thresholds } = this;
    const payload = new PostingsPayload();
    for (const [place, target] of postings.targets.entries()) {
      const begin = postings.begin(place);
      const end = postings.end(place);
      for (let from = begin; from < end; from += POSTINGS_BLOCK) {
        payload.begin(target, (from - begin) / POSTINGS_BLOCK, thresholds[place]!);
        for (let p = from; p < Math.min(from + POSTINGS_BLOCK, end); p++) {
          const code = postings.codes.subarray(p * CODE_BYTES, (p + 1) * CODE_BYTES);
          payload.add(postings.record[p]!, postings.position[p]!, postings.surprise[p]!, code);
        }
        yield leafHash(domainHash("IndexPostings"), payload.finish());
      }
    }
  }
}
