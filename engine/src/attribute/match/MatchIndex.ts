import {
  loadKeccak,
  MATCH_BLOCK_BYTES,
  MATCH_RECORD_END,
  MAX_MATCH_TEXT_BYTES,
  type MatchColumn,
  type MatchIndexParts,
  matchIndexRoot,
} from "@openledger/sdk";
import { AttributionError } from "../errors.js";
import { type Hex, hexOf } from "../hex.js";
import { BlockTree } from "./BlockTree.js";
import { type Column, columnsOf, type MatchArrays, partsOf, ranksOf } from "./MatchArrays.js";
import { MatchShard } from "./MatchShard.js";

const MAGIC = 0x4f4c4d58; // OLMX
const FORMAT = 1;
const HEADER_BYTES = 180;
const ROOTS_AT = 20;
const ROOTS = ["textRoot", "orderRoot", "ranksRoot", "startsRoot", "root"] as const;

/**
 * The match index of one shard as a file: what `MatchShard` searches, committed by a root, so that whatever is found, counted
 * or not found can be shown to whoever knows the root (`MatchProver`).
 *
 * File, big-endian: "OLMX", uint16 format, uint16 zero, uint32 n, uint32 records, uint32 firstRecord, textRoot, orderRoot,
 * ranksRoot, startsRoot, root (32 each); then the columns text `[n]`, order uint32 `[n]`, starts uint32 `[records]` as they
 * are committed. `ranks` is the inverse of order and not stored: 180 + 5n + 4·records bytes. See `matchIndexRoot`.
 *
 * Memory: 5 bytes for each byte of text; at most 16 while a file is read, and 11 while an index is made of sorted suffixes.
 */
export class MatchIndex {
  readonly root: Hex;

  private constructor(
    readonly shard: MatchShard,
    /** What the root binds. */
    readonly parts: MatchIndexParts,
  ) {
    this.root = matchIndexRoot(parts);
  }

  /**
   * @param records Canonical UTF-8 each, together at most 64 MiB
   * @param firstRecord Place of the first in the Datanet version
   * @throws AttributionError `invalid_request` when they are longer, hold a byte that no UTF-8 holds, or have no such places
   */
  static async of(records: readonly Uint8Array[], firstRecord = 0): Promise<MatchIndex> {
    if (!Number.isInteger(firstRecord) || firstRecord < 0 || firstRecord + records.length > 2 ** 32) {
      throw new AttributionError(
        "invalid_request",
        `${records.length} records have places below 2^32, found a first of ${firstRecord}`,
      );
    }
    const shard = MatchShard.of(records, firstRecord);
    const columns = columnsOf({ ...shard, ranks: ranksOf(shard.order) });
    const keccak = await loadKeccak();
    const root = (name: MatchColumn): Hex => new BlockTree(keccak, name, columns[name]).root;
    return new MatchIndex(shard, partsOf(shard, root));
  }

  /**
   * Reads a file and recomputes its roots. The order is taken as committed; to check it, look for a fault
   * (`MatchProver.arrayFault`) or build the index again.
   *
   * @throws AttributionError `index_mismatch` when a column does not give its root, or the roots not the index's;
   * `index_malformed` when the file is none, or columns that give their roots are no index
   */
  static async parse(bytes: Uint8Array): Promise<MatchIndex> {
    const { parts, root } = readHeader(bytes);
    const { textBytes: n, recordCount, firstRecord } = parts;
    // A copy, so that the file's own memory can go.
    const text = Uint8Array.from(bytes.subarray(HEADER_BYTES, HEADER_BYTES + n));
    const order = new Uint32Array(n);
    const starts = new Uint32Array(recordCount + 1).fill(n);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let i = 0; i < n; i++) order[i] = view.getUint32(HEADER_BYTES + n + 4 * i);
    for (let i = 0; i < recordCount; i++) starts[i] = view.getUint32(HEADER_BYTES + 5 * n + 4 * i);

    const keccak = await loadKeccak();
    const demandRoot = (name: MatchColumn, column: Column): void => {
      const found = new BlockTree(keccak, name, column).root;
      if (found === parts[`${name}Root`]) return;
      const blocks = Math.ceil(column.byteLength / MATCH_BLOCK_BYTES);
      throw mismatch(`${name}, ${blocks} blocks of ${column.byteLength} bytes,`, parts[`${name}Root`], found);
    };
    const shard = new MatchShard(text, order, starts, firstRecord);
    // Before there are ranks: what is committed of the other columns says whether the file is broken or was never an index.
    const stored = columnsOf({ ...shard, ranks: new Uint32Array(0) });
    for (const name of ["text", "order", "starts"] as const) demandRoot(name, stored[name]);
    demandRecords(text, starts);
    demandRoot("ranks", columnsOf({ ...shard, ranks: ranksOf(order) }).ranks);
    const index = new MatchIndex(shard, parts);
    if (index.root !== root) throw mismatch("all columns", root, index.root);
    return index;
  }

  /** The columns, ranks among them, for a `MatchProver`. */
  arrays(): MatchArrays {
    return { ...this.shard, ranks: ranksOf(this.shard.order) };
  }

  /** The index as a file, made anew each time. */
  get bytes(): Uint8Array {
    const { text, order, starts } = this.shard;
    const { textBytes, recordCount, firstRecord } = this.parts;
    const bytes = new Uint8Array(HEADER_BYTES + 5 * textBytes + 4 * recordCount);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, MAGIC);
    view.setUint16(4, FORMAT);
    view.setUint32(8, textBytes);
    view.setUint32(12, recordCount);
    view.setUint32(16, firstRecord);
    for (const [i, name] of ROOTS.entries()) {
      const root = name === "root" ? this.root : this.parts[name];
      bytes.set(Buffer.from(root.slice(2), "hex"), ROOTS_AT + 32 * i);
    }
    bytes.set(text, HEADER_BYTES);
    for (let i = 0; i < textBytes; i++) view.setUint32(HEADER_BYTES + textBytes + 4 * i, order[i]!);
    for (let i = 0; i < recordCount; i++) view.setUint32(HEADER_BYTES + 5 * textBytes + 4 * i, starts[i]!);
    return bytes;
  }
}

/** @throws AttributionError `index_malformed` when the starts are not those of the text's records */
function demandRecords(text: Uint8Array, starts: Uint32Array): void {
  let at = 0;
  for (let record = 0; record + 1 < starts.length; record++) {
    if (starts[record] !== at) throw malformed(`record ${record} of the index at byte ${at}`, starts[record]);
    const end = text.indexOf(MATCH_RECORD_END, at);
    if (end < 0) throw malformed(`an end of record ${record} of the index`, "the end of the text");
    at = end + 1;
  }
  if (at !== text.length) throw malformed(`records of ${text.length} bytes`, at);
}

/** @throws AttributionError `index_malformed` when the bytes are not as many as their header says, or it says what cannot be */
function readHeader(bytes: Uint8Array): { readonly parts: MatchIndexParts; readonly root: Hex } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER_BYTES || view.getUint32(0) !== MAGIC) throw malformed("an OLMX file", "other bytes");
  if (view.getUint16(4) !== FORMAT) throw malformed(`format ${FORMAT}`, view.getUint16(4));
  if (view.getUint16(6) !== 0) throw malformed("zero in reserved bytes", view.getUint16(6));
  const [textBytes, recordCount, firstRecord] = [view.getUint32(8), view.getUint32(12), view.getUint32(16)];
  if (textBytes > MAX_MATCH_TEXT_BYTES) throw malformed(`at most ${MAX_MATCH_TEXT_BYTES} bytes of text`, textBytes);
  if (firstRecord + recordCount > 2 ** 32) throw malformed(`${recordCount} places below 2^32`, firstRecord);
  const size = HEADER_BYTES + 5 * textBytes + 4 * recordCount;
  if (bytes.length !== size) throw malformed(`${size} bytes`, bytes.length);

  const hashes = ROOTS.map((_, i) => hexOf(bytes.subarray(ROOTS_AT + 32 * i, ROOTS_AT + 32 * (i + 1))));
  const [textRoot, orderRoot, ranksRoot, startsRoot, root] = hashes as [Hex, Hex, Hex, Hex, Hex];
  return { parts: { textBytes, recordCount, firstRecord, textRoot, orderRoot, ranksRoot, startsRoot }, root };
}

function malformed(wanted: string, found: unknown): AttributionError {
  return new AttributionError("index_malformed", `match index: expected ${wanted}, found ${found}`);
}

function mismatch(what: string, claimed: Hex, found: Hex): AttributionError {
  return new AttributionError(
    "index_mismatch",
    `match index: the file claims root ${claimed} of ${what} but its content gives ${found}; fetch or build it again`,
  );
}
