import { CODE_BITS, CODE_BYTES, MAX_RECORD_POSITIONS, MAX_SURPRISE } from "../exact/program/AttributionOp.js";
import type { Table } from "../exact/program/Program.js";
import type { PositionCodes } from "./codes.js";
import { AttributionError } from "./errors.js";
import type { KernelIndex } from "./kernel/KernelIndex.js";
import { PostingIndex, Postings } from "./kernel/Postings.js";

export type IndexTable = Extract<Table, { readonly kind: "index" }>;

/** What an exact program takes of an index; an `AttributionIndex` is one. */
export interface IndexRows {
  readonly recordCount: number;
  row(record: number): PositionCodes;
  /** θ of a token, any integer: what is below 0 counts as 0, what is above 128 as 128. */
  threshold(token: number): number;
}

/**
 * An index as the table of an exact program, as wide as its longest record.
 *
 * @throws AttributionError `record_too_long`; `index_malformed` where it has no records, a token beyond the vocabulary, a
 * surprise of more than 7 bits or codes of another length
 */
export function indexTable(index: IndexRows, vocabulary: number): IndexTable {
  const records = index.recordCount;
  if (records === 0) throw malformed("at least one record", "none");
  const rows = Array.from({ length: records }, (_, record) => checked(index.row(record), record, vocabulary));
  const positions = rows.reduce((most, { ids }) => Math.max(most, ids.length), 1);
  const entries = new Int32Array(records * positions);
  const codes = new Uint8Array(records * positions * CODE_BYTES);
  for (const [record, row] of rows.entries()) {
    for (const [i, id] of row.ids.entries()) entries[record * positions + i] = 128 * id + row.surprises[i]!;
    codes.set(row.codes, record * positions * CODE_BYTES);
  }
  const thresholds = Uint8Array.from({ length: vocabulary }, (_, token) =>
    Math.min(Math.max(index.threshold(token), 0), CODE_BITS),
  );
  return { kind: "index", records, positions, entries, codes, thresholds };
}

function checked(row: PositionCodes, record: number, vocabulary: number): PositionCodes {
  const { ids, surprises, codes } = row;
  if (ids.length > MAX_RECORD_POSITIONS) {
    throw new AttributionError(
      "record_too_long",
      `record ${record} has ${ids.length} tokens, at most ${MAX_RECORD_POSITIONS} can be indexed; split it`,
    );
  }
  if (surprises.length !== ids.length || codes.length !== ids.length * CODE_BYTES) {
    throw malformed(
      `${ids.length} surprises and codes of record ${record}`,
      `${surprises.length} and ${codes.length / CODE_BYTES}`,
    );
  }
  const foreign = ids.find((id) => id >= vocabulary);
  if (foreign !== undefined) throw malformed(`tokens below ${vocabulary} in record ${record}`, foreign);
  const surprise = surprises.find((found) => found > MAX_SURPRISE);
  if (surprise !== undefined) throw malformed(`surprises of 7 bits in record ${record}`, surprise);
  return row;
}

function malformed(wanted: string, found: unknown): AttributionError {
  return new AttributionError("index_malformed", `attribution index: expected ${wanted}, found ${found}`);
}

const known = new WeakMap<IndexTable, KernelIndex>();

/** A table's postings by token: what is looked through for one token instead of all records. Made once for a table. */
export function postingsOf(table: IndexTable): KernelIndex {
  let index = known.get(table);
  if (index === undefined) {
    const postings = new Postings(Array.from({ length: table.records }, (_, record) => surprising(table, record)));
    const thresholds = Int16Array.from(postings.targets, (token) => table.thresholds[token]!);
    index = new PostingIndex(postings, thresholds);
    known.set(table, index);
  }
  return index;
}

/** A record's positions but those without surprise, which count nothing: what the record has not is among them. */
function surprising({ positions, entries, codes }: IndexTable, record: number): PositionCodes {
  const from = record * positions;
  const places = Array.from({ length: positions }, (_, i) => from + i).filter((at) => (entries[at]! & 127) > 0);
  const found = new Uint8Array(places.length * CODE_BYTES);
  for (const [i, at] of places.entries())
    found.set(codes.subarray(at * CODE_BYTES, (at + 1) * CODE_BYTES), i * CODE_BYTES);
  return {
    ids: Uint32Array.from(places, (at) => entries[at]! >> 7),
    surprises: Uint8Array.from(places, (at) => entries[at]! & 127),
    codes: found,
  };
}
