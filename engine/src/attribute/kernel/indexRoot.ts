import { attributionIndexRoot } from "@openledger/sdk";
import { writePosition } from "../AttributionBase.js";
import { ATTRIBUTION_CONTEXT, CODE_BYTES, type PositionCodes } from "../codes.js";
import { AttributionError } from "../errors.js";
import type { Hex } from "../hex.js";

const POSITION_BYTES = 5 + CODE_BYTES;
/** Most postings under one leaf. */
export const POSTINGS_BLOCK = 64;
/** Bytes of a posting in its leaf: record, position, surprise, code. */
export const POSTING_BYTES = 7 + CODE_BYTES;
const POSTINGS_HEAD = 12;

/** What an index's root binds. */
export interface IndexParts {
  readonly floors: Uint32Array;
  readonly baseWeightsRoot: Hex;
  readonly attributionHash: Hex;
  /** Over `recordPayload` of every record, under the domain "IndexRecord". */
  readonly recordsRoot: Hex;
  /** Over `postingsHead` and postings of every block, by token, then in order, under the domain "IndexPostings". */
  readonly postingsRoot: Hex;
}

/**
 * `attributionIndexRoot`. Twice the same postings: by record, since a record's row is what a trace over that record gives, and by
 * token, since that is what is looked through for a token.
 */
export function indexRoot(parts: IndexParts): Hex {
  return attributionIndexRoot({ ...parts, floors: [...parts.floors] });
}

/** uint32 record ‖ uint32 length ‖ for each position uint32 token ‖ uint8 surprise ‖ code. */
export function recordPayload(record: number, row: PositionCodes): Uint8Array {
  const payload = new Uint8Array(8 + row.ids.length * POSITION_BYTES);
  const view = new DataView(payload.buffer);
  view.setUint32(0, record);
  view.setUint32(4, row.ids.length);
  let at = 8;
  for (let i = 0; i < row.ids.length; i++) at = writePosition(payload, view, at, row, i);
  return payload;
}

/**
 * A block of at most 64 postings of one token: uint32 token ‖ uint32 block ‖ int16 θ ‖ uint16 count ‖ for each uint32 record ‖
 * uint16 position ‖ uint8 surprise ‖ code.
 */
export class PostingsPayload {
  readonly #bytes = new Uint8Array(POSTINGS_HEAD + POSTINGS_BLOCK * POSTING_BYTES);
  readonly #view = new DataView(this.#bytes.buffer);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  begin(token: number, block: number, threshold: number): void {
    this.#view.setUint32(0, token);
    this.#view.setUint32(4, block);
    this.#view.setInt16(8, threshold);
    this.#count = 0;
  }

  /** @param code `[16]` */
  add(record: number, position: number, surprise: number, code: Uint8Array): void {
    const at = POSTINGS_HEAD + this.#count * POSTING_BYTES;
    this.#view.setUint32(at, record);
    this.#view.setUint16(at + 4, position);
    this.#view.setUint8(at + 6, surprise);
    this.#bytes.set(code, at + 7);
    this.#count++;
  }

  /** Good until the next `begin`. */
  finish(): Uint8Array {
    this.#view.setUint16(10, this.#count);
    return this.#bytes.subarray(0, POSTINGS_HEAD + this.#count * POSTING_BYTES);
  }
}

/** @throws AttributionError `record_too_long` */
export function checkLength(record: number, length: number): void {
  if (length > ATTRIBUTION_CONTEXT) {
    throw new AttributionError(
      "record_too_long",
      `record ${record} has ${length} tokens, at most ${ATTRIBUTION_CONTEXT} can be indexed; split it`,
    );
  }
}
