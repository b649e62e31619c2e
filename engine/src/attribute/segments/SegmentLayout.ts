import { ATTRIBUTION_CONTEXT, CODE_BYTES } from "../codes.js";
import { AttributionError } from "../errors.js";

const MAGIC = 0x534b4c4f; // OLKS
const FORMAT = 1;
const HEADER_BYTES = 32;

/** Most records of a segment: their places in it have 16 bits. */
export const MAX_SEGMENT_RECORDS = 2 ** 16;
/** Most tokens of a vocabulary: a record's are kept in three bytes each. */
export const MAX_TOKEN = 2 ** 24 - 1;
export const TOKEN_BYTES = 3;

/** How much of everything a segment holds. */
export interface SegmentSizes {
  readonly records: number;
  readonly positions: number;
  readonly targets: number;
}

/**
 * Where what of a segment's file lies. Numbers are of the machine's own order, little-endian on all that this runs on; a file
 * of another order is refused by its first bytes.
 *
 * Header, uint32 each: "OLKS", format, records, positions, targets, zero `[3]`. Then codes `[positions, 16]` and marks uint32
 * `[positions]`, record · 2^16 + position · 2^8 + surprise, by (token, record, position); targets uint32 `[targets]`, the tokens
 * that occur, ascending; offsets uint32 `[targets + 1]`, where each one's postings begin; ends uint32 `[records]`, behind each
 * record's last position; tokens `[positions, 3]`, low byte first, as they stand in the records.
 *
 * 23 bytes a position, 8 a target, 4 a record.
 */
export class SegmentLayout {
  readonly codesAt = HEADER_BYTES;
  readonly marksAt: number;
  readonly targetsAt: number;
  readonly offsetsAt: number;
  readonly endsAt: number;
  readonly tokensAt: number;
  readonly byteLength: number;

  constructor(readonly sizes: SegmentSizes) {
    const { records, positions, targets } = sizes;
    this.marksAt = this.codesAt + positions * CODE_BYTES;
    this.targetsAt = this.marksAt + 4 * positions;
    this.offsetsAt = this.targetsAt + 4 * targets;
    this.endsAt = this.offsetsAt + 4 * (targets + 1);
    this.tokensAt = this.endsAt + 4 * records;
    this.byteLength = this.tokensAt + TOKEN_BYTES * positions;
  }

  /** @throws AttributionError `index_malformed` */
  static parse(header: Uint8Array, name: string): SegmentLayout {
    const malformed = (wanted: string, found: unknown) =>
      new AttributionError("index_malformed", `segment ${name}: expected ${wanted}, found ${found}`);
    if (header.length < HEADER_BYTES) throw malformed(`${HEADER_BYTES} bytes`, header.length);
    const [magic, format, records, positions, targets, ...rest] = new Uint32Array(header.slice(0, HEADER_BYTES).buffer);
    if (magic !== MAGIC) throw malformed("an OLKS file of this machine's byte order", "other bytes");
    if (format !== FORMAT) throw malformed(`format ${FORMAT}`, format);
    if (records! > MAX_SEGMENT_RECORDS) throw malformed(`at most ${MAX_SEGMENT_RECORDS} records`, records);
    if (positions! > ATTRIBUTION_CONTEXT * records!)
      throw malformed(`at most ${ATTRIBUTION_CONTEXT} positions a record`, positions);
    if (targets! > positions!) throw malformed(`at most ${positions} tokens`, targets);
    if (rest.some((word) => word !== 0)) throw malformed("zeros in reserved bytes", rest);
    return new SegmentLayout({ records: records!, positions: positions!, targets: targets! });
  }

  get header(): Uint8Array {
    const { records, positions, targets } = this.sizes;
    return new Uint8Array(Uint32Array.of(MAGIC, FORMAT, records, positions, targets, 0, 0, 0).buffer);
  }

  static readonly headerBytes = HEADER_BYTES;
}
