import { domainHash, leafHash, merkleRoot } from "@openledger/sdk";
import type { AttributionBase } from "./AttributionBase.js";
import { readPositions, writePosition } from "./AttributionBase.js";
import { ATTRIBUTION_CONTEXT, CODE_BITS, CODE_BYTES, type PositionCodes } from "./codes.js";
import { AttributionError } from "./errors.js";
import { FLOOR_COUNT, shareFloors } from "./floors.js";
import { type Hex, hexOf } from "./hex.js";
import type { KernelIndex } from "./PostingScan.js";
import { Postings } from "./Postings.js";
import { tokenThresholds } from "./thresholds.js";

const MAGIC = 0x4f4c4958; // OLIX
const FORMAT = 1;
const HEADER_BYTES = 156;
const POSITION_BYTES = 5 + CODE_BYTES;
/** Most postings under one leaf. */
const BLOCK = 64;

interface IndexParts {
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
 * `root` = leaf("Index", uint32 format ‖ uint32 bits ‖ uint32 context ‖ floors ‖ baseWeightsRoot ‖ attributionHash ‖
 * recordsRoot ‖ postingsRoot). Leaves of records: uint32 record ‖ uint32 length ‖ its positions as in the file. Leaves of
 * postings, at most 64 of one token each, ascending by token: uint32 token ‖ uint32 block ‖ int16 θ ‖ uint16 count ‖ for
 * each uint32 record ‖ uint16 position ‖ uint8 surprise ‖ code.
 */
export class AttributionIndex implements KernelIndex {
  readonly root: Hex;
  readonly postings: Postings;
  readonly recordCount: number;
  readonly baseWeightsRoot: Hex;
  readonly attributionHash: Hex;
  #bytes: Uint8Array | undefined;

  private constructor(
    private readonly parts: IndexParts,
    readonly thresholds: Int16Array,
    /** `[9]`, see `shareFloors`. */
    readonly floors: Uint32Array,
    postings: Postings,
  ) {
    this.postings = postings;
    this.recordCount = parts.rows.length;
    this.baseWeightsRoot = parts.baseWeightsRoot;
    this.attributionHash = parts.attributionHash;
    this.root = leafHash(domainHash("Index"), this.commitment());
  }

  /**
   * Builds the index of records from their codes, in the version's order.
   *
   * @throws AttributionError `record_too_long`
   */
  static of(parts: IndexParts, decoys: AttributionBase["decoys"]): AttributionIndex {
    for (const [record, row] of parts.rows.entries()) checkLength(record, row.ids.length);
    const postings = new Postings(parts.rows);
    const thresholds = tokenThresholds(postings, decoys);
    const floors = shareFloors({ postings, thresholds, recordCount: parts.rows.length }, decoys);
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
    if (view.getUint16(4) !== FORMAT) throw malformed(`format ${FORMAT}`, view.getUint16(4));
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

  private commitment(): Uint8Array {
    const recordsRoot = merkleRoot(domainHash("IndexRecord"), this.recordLeaves());
    const postingsRoot = merkleRoot(domainHash("IndexPostings"), this.postingLeaves());
    const bytes = new Uint8Array(12 + 4 * FLOOR_COUNT + 4 * 32);
    const view = new DataView(bytes.buffer);
    [FORMAT, CODE_BITS, ATTRIBUTION_CONTEXT, ...this.floors].forEach((value, i) => {
      view.setUint32(4 * i, value);
    });
    [this.baseWeightsRoot, this.attributionHash, recordsRoot, postingsRoot].forEach((hash, i) => {
      bytes.set(bytesOf(hash), 12 + 4 * FLOOR_COUNT + 32 * i);
    });
    return bytes;
  }

  private *recordLeaves(): Generator<Hex> {
    for (const [record, row] of this.parts.rows.entries()) {
      const payload = new Uint8Array(8 + row.ids.length * POSITION_BYTES);
      const view = new DataView(payload.buffer);
      view.setUint32(0, record);
      view.setUint32(4, row.ids.length);
      let at = 8;
      for (let i = 0; i < row.ids.length; i++) at = writePosition(payload, view, at, row, i);
      yield leafHash(domainHash("IndexRecord"), payload);
    }
  }

  private *postingLeaves(): Generator<Hex> {
    const { postings, thresholds } = this;
    for (const [place, target] of postings.targets.entries()) {
      const begin = postings.begin(place);
      const end = postings.end(place);
      for (let from = begin; from < end; from += BLOCK) {
        const count = Math.min(BLOCK, end - from);
        const payload = new Uint8Array(12 + count * (7 + CODE_BYTES));
        const view = new DataView(payload.buffer);
        view.setUint32(0, target);
        view.setUint32(4, (from - begin) / BLOCK);
        view.setInt16(8, thresholds[place]!);
        view.setUint16(10, count);
        for (let i = 0; i < count; i++) {
          const p = from + i;
          const at = 12 + i * (7 + CODE_BYTES);
          view.setUint32(at, postings.record[p]!);
          view.setUint16(at + 4, postings.position[p]!);
          view.setUint8(at + 6, postings.surprise[p]!);
          payload.set(postings.codes.subarray(p * CODE_BYTES, (p + 1) * CODE_BYTES), at + 7);
        }
        yield leafHash(domainHash("IndexPostings"), payload);
      }
    }
  }

  private encode(): Uint8Array {
    const { rows } = this.parts;
    const { targets, count } = this.postings;
    const bytes = new Uint8Array(HEADER_BYTES + 2 * rows.length + count * POSITION_BYTES + 2 * targets.length);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, MAGIC);
    view.setUint16(4, FORMAT);
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

function checkLength(record: number, length: number): void {
  if (length > ATTRIBUTION_CONTEXT) {
    throw new AttributionError(
      "record_too_long",
      `record ${record} has ${length} tokens, at most ${ATTRIBUTION_CONTEXT} can be indexed; split it`,
    );
  }
}

function bytesOf(hash: Hex): Uint8Array {
  return Uint8Array.from(Buffer.from(hash.slice(2), "hex"));
}
