import { domainHash, leafHash, merkleRoot } from "@openledger/sdk";
import type { AttributionBase } from "../AttributionBase.js";
import { readPositions, writePosition } from "../AttributionBase.js";
import { ATTRIBUTION_CONTEXT, CODE_BITS, CODE_BYTES, type PositionCodes } from "../codes.js";
import { AttributionError } from "../errors.js";
import { type Hex, hexOf } from "../hex.js";
import { FLOOR_COUNT, shareFloors } from "./floors.js";
import {
  checkLength,
  INDEX_FORMAT,
  indexRoot,
  POSITION_BYTES,
  POSTINGS_BLOCK,
  PostingsPayload,
  recordPayload,
} from "./indexRoot.js";
import type { NearPosting } from "./KernelIndex.js";
import { PostingIndex, Postings } from "./Postings.js";
import { tokenThresholds } from "./thresholds.js";
import type { VersionIndex } from "./VersionIndex.js";

const MAGIC = 0x4f4c4958; // OLIX
const HEADER_BYTES = 156;

interface FileParts {
  readonly rows: readonly PositionCodes[];
  readonly baseWeightsRoot: Hex;
  /** SHA-256 of the base's attribution file, which fixed the codes and the decoys. */
  readonly attributionHash: Hex;
}

/**
 * The index of one Datanet version under one base: what attribution reads of the records, and the thresholds that the
 * base's decoys set for them.
 *
 * File, big-endian: "OLIX", uint16 format, uint16 bits, uint32 context, uint32 records, uint32 targets, uint32 zero,
 * baseWeightsRoot (32), attributionHash (32), floors uint32 `[9]`, root (32); then per record uint16 length and per
 * position uint32 token, uint8 surprise, 16 bytes of code; then int16 θ for each token that occurs, ascending. Postings
 * follow from the rows and are not stored.
 *
 * `root`: see `indexRoot`.
 */
export class AttributionIndex implements VersionIndex {
  readonly root: Hex;
  readonly postings: Postings;
  readonly recordCount: number;
  readonly baseWeightsRoot: Hex;
  readonly attributionHash: Hex;
  readonly #lists: PostingIndex;
  #bytes: Uint8Array | undefined;

  private constructor(
    private readonly parts: FileParts,
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
    this.root = indexRoot({
      ...parts,
      floors,
      recordsRoot: merkleRoot(domainHash("IndexRecord"), this.recordLeaves()),
      postingsRoot: merkleRoot(domainHash("IndexPostings"), this.postingLeaves()),
    });
  }

  /**
   * Builds the index of records from their codes, in the version's order.
   *
   * @throws AttributionError `record_too_long`
   */
  static of(parts: FileParts, decoys: AttributionBase["decoys"]): AttributionIndex {
    for (const [record, row] of parts.rows.entries()) checkLength(record, row.ids.length);
    const postings = new Postings(parts.rows);
    const thresholds = tokenThresholds(postings, decoys);
    const floors = shareFloors(new PostingIndex(postings, thresholds), decoys);
    return new AttributionIndex(parts, thresholds, floors, postings);
  }

  /**
   * Reads a file and recomputes its root. The thresholds are taken as committed; to check them, build again.
   *
   * @throws AttributionError `index_malformed`; `index_mismatch` when the file's content does not give its root
   */
  static parse(bytes: Uint8Array): AttributionIndex {
    const malformed = (wanted: string, found: unknown): AttributionError =>
      new AttributionError("index_malformed", `attribution index: expected ${wanted}, found ${found}`);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < HEADER_BYTES || view.getUint32(0) !== MAGIC) throw malformed("an OLIX file", "other bytes");
    if (view.getUint16(4) !== INDEX_FORMAT) throw malformed(`format ${INDEX_FORMAT}`, view.getUint16(4));
    if (view.getUint16(6) !== CODE_BITS) throw malformed(`${CODE_BITS} bits`, view.getUint16(6));
    if (view.getUint32(8) !== ATTRIBUTION_CONTEXT)
      throw malformed(`${ATTRIBUTION_CONTEXT} positions`, view.getUint32(8));
    if (view.getUint32(20) !== 0) throw malformed("zero in reserved bytes", view.getUint32(20));
    const records = view.getUint32(12);
    const targets = view.getUint32(16);
    const floors = Uint32Array.from({ length: FLOOR_COUNT }, (_, k) => view.getUint32(88 + 4 * k));
    const claimed = hexOf(bytes.subarray(124, 156));

    let at = HEADER_BYTES;
    const need = (size: number) => {
      if (at + size > bytes.length) throw malformed(`${at + size} bytes`, bytes.length);
    };
    const rows: PositionCodes[] = [];
    for (let record = 0; record < records; record++) {
      need(2);
      const length = view.getUint16(at);
      at += 2;
      checkLength(record, length);
      need(length * POSITION_BYTES);
      rows.push(readPositions(bytes, view, at, length));
      at += length * POSITION_BYTES;
    }
    const postings = new Postings(rows);
    if (postings.targets.length !== targets) throw malformed(`${postings.targets.length} targets`, targets);
    need(2 * targets);
    const thresholds = Int16Array.from({ length: targets }, (_, place) => view.getInt16(at + 2 * place));
    at += 2 * targets;
    if (at !== bytes.length) throw malformed(`${at} bytes`, bytes.length);

    const parts = {
      rows,
      baseWeightsRoot: hexOf(bytes.subarray(24, 56)),
      attributionHash: hexOf(bytes.subarray(56, 88)),
    };
    const index = new AttributionIndex(parts, thresholds, floors, postings);
    if (index.root !== claimed) {
      throw new AttributionError(
        "index_mismatch",
        `attribution index: the file claims root ${claimed}, its content gives ${index.root}; build it again`,
      );
    }
    return index;
  }

  /** The index as a file. */
  get bytes(): Uint8Array {
    this.#bytes ??= this.encode();
    return this.#bytes;
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

  private encode(): Uint8Array {
    const { rows } = this.parts;
    const { targets, count } = this.postings;
    const bytes = new Uint8Array(HEADER_BYTES + 2 * rows.length + count * POSITION_BYTES + 2 * targets.length);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, MAGIC);
    view.setUint16(4, INDEX_FORMAT);
    view.setUint16(6, CODE_BITS);
    view.setUint32(8, ATTRIBUTION_CONTEXT);
    view.setUint32(12, rows.length);
    view.setUint32(16, targets.length);
    bytes.set(bytesOf(this.baseWeightsRoot), 24);
    bytes.set(bytesOf(this.attributionHash), 56);
    this.floors.forEach((floor, k) => {
      view.setUint32(88 + 4 * k, floor);
    });
    bytes.set(bytesOf(this.root), 124);
    let at = HEADER_BYTES;
    for (const row of rows) {
      view.setUint16(at, row.ids.length);
      at += 2;
      for (let i = 0; i < row.ids.length; i++) at = writePosition(bytes, view, at, row, i);
    }
    this.thresholds.forEach((threshold, place) => {
      view.setInt16(at + 2 * place, threshold);
    });
    return bytes;
  }
}

function bytesOf(hash: Hex): Uint8Array {
  return Uint8Array.from(Buffer.from(hash.slice(2), "hex"));
}
