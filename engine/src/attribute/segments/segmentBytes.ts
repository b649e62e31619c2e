import type { PositionCodes } from "../codes.js";
import { AttributionError } from "../errors.js";
import { checkLength } from "../kernel/indexRoot.js";
import { Postings } from "../kernel/Postings.js";
import { MAX_SEGMENT_RECORDS, MAX_TOKEN, SegmentLayout, TOKEN_BYTES } from "./SegmentLayout.js";

/**
 * The file of a segment, in pieces.
 *
 * @param rows At most 2^16 records
 * @param firstRecord Place of the first in the index, for what is told of it
 * @throws AttributionError `record_too_long`; `invalid_request` for a token of more than 24 bits
 */
export function segmentBytes(rows: readonly PositionCodes[], firstRecord: number): Uint8Array[] {
  if (rows.length > MAX_SEGMENT_RECORDS) {
    throw new AttributionError(
      "invalid_request",
      `a segment has at most ${MAX_SEGMENT_RECORDS} records, found ${rows.length}`,
    );
  }
  for (const [i, { ids }] of rows.entries()) checkRow(firstRecord + i, ids);
  const postings = new Postings(rows);
  const layout = new SegmentLayout({
    records: rows.length,
    positions: postings.count,
    targets: postings.targets.length,
  });
  const marks = new Uint32Array(postings.count);
  for (let p = 0; p < marks.length; p++) {
    marks[p] = postings.record[p]! * 2 ** 16 + postings.position[p]! * 2 ** 8 + postings.surprise[p]!;
  }
  const ends = new Uint32Array(rows.length);
  const tokens = new Uint8Array(TOKEN_BYTES * postings.count);
  let end = 0;
  for (const [i, { ids }] of rows.entries()) {
    for (const id of ids) {
      tokens[TOKEN_BYTES * end] = id;
      tokens[TOKEN_BYTES * end + 1] = id >>> 8;
      tokens[TOKEN_BYTES * end + 2] = id >>> 16;
      end++;
    }
    ends[i] = end;
  }
  const columns = [marks, postings.targets, postings.offsets, ends];
  return [
    layout.header,
    postings.codes,
    ...columns.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength)),
    tokens,
  ];
}

/** @throws AttributionError `record_too_long`; `invalid_request` for a token of more than 24 bits */
export function checkRow(record: number, ids: Uint32Array): void {
  checkLength(record, ids.length);
  const large = ids.find((id) => id > MAX_TOKEN);
  if (large !== undefined) {
    throw new AttributionError("invalid_request", `record ${record} has token ${large}, at most ${MAX_TOKEN} is kept`);
  }
}
