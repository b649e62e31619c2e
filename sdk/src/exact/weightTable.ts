import { type Hex, keccak256 } from "viem";
import { joinBytes, packHex, packText } from "../bytes/pack.js";
import { InvalidValueError } from "../errors/InvalidValueError.js";
import type { Keccak } from "./Keccak.js";
import type { TraceTree } from "./TraceTree.js";
import { TraceTreeRecorder } from "./TraceTreeRecorder.js";
import { verifyNode } from "./verifyNode.js";

/** Most bytes of a row under one leaf; a longer row has several parts, the last one the rest. */
export const ROW_PART_BYTES = 1024;

const ROW_LEAF = 0x03;
const TAG_BYTES = 41;
/** Rows hashed at a time while a root is made: 4 MiB at most. */
const BATCH_LEAVES = 4096;

/** What a program says of a table: its name's id and its shape, `rows` of `rowBytes` each, K-contiguous. */
export interface TableShape {
  readonly table: Hex;
  readonly rows: number;
  readonly rowBytes: number;
}

/** One opened part of a row, at most 1,024 bytes, and what shows that it stands in the table. */
export interface RowProof {
  readonly row: number;
  readonly part: number;
  readonly bytes: Uint8Array;
  readonly siblings: readonly Uint8Array[];
}

/** Id of a table in its leaves and its root: `keccak256("OpenLedger.Table.v1:" ‖ name)`. */
export function tableId(name: string): Hex {
  return keccak256(packText("table", `OpenLedger.Table.v1:${name}`));
}

/** Parts of each row. */
export function rowParts(rowBytes: number): number {
  return Math.ceil(rowBytes / ROW_PART_BYTES);
}

/** Leaf of a part of a row: `keccak256(0x03 ‖ table ‖ uint32 row ‖ uint32 part ‖ bytes)`. @throws InvalidValueError */
export function rowLeaf(table: Hex, row: number, part: number, bytes: Uint8Array): Uint8Array {
  const tag = new Uint8Array(TAG_BYTES);
  writeTag(tag, packHex("table", table, 32), row, part);
  return keccak256(joinBytes([tag, bytes]), "bytes");
}

/** The tree over a table's rows, for proofs; leaves are hashed anew from `bytes`, which must not change. @throws InvalidValueError */
export function rowsTree(keccak: Keccak, shape: TableShape, bytes: Uint8Array): TraceTree {
  requireShape(shape);
  if (bytes.length !== shape.rows * shape.rowBytes) {
    throw new InvalidValueError("table", `${shape.rows} rows of ${shape.rowBytes} bytes`, bytes);
  }
  const source = (first: number, count: number): Uint8Array => hashLeaves(keccak, shape, bytes, { first, count });
  const leaves = shape.rows * rowParts(shape.rowBytes);
  const recorder = new TraceTreeRecorder(keccak);
  for (let first = 0; first < leaves; first += BATCH_LEAVES) {
    recorder.appendAll(source(first, Math.min(BATCH_LEAVES, leaves - first)));
  }
  return recorder.tree(source);
}

/** Root over the rows of a K-contiguous integer matrix; a row is one output channel. @throws InvalidValueError */
export function rowsRoot(keccak: Keccak, shape: TableShape, bytes: Uint8Array): Hex {
  return rowsTree(keccak, shape, bytes).root(shape.table);
}

/** Root of a constant table (exp, sigmoid, rotary): that of one row which holds all of it. @throws InvalidValueError */
export function hashTable(keccak: Keccak, table: Hex, bytes: Uint8Array): Hex {
  return rowsRoot(keccak, { table, rows: 1, rowBytes: bytes.length }, bytes);
}

/** Opens a part of a row. @param tree From `rowsTree` of the same table. @throws InvalidValueError */
export async function rowProof(
  tree: TraceTree,
  shape: TableShape,
  bytes: Uint8Array,
  at: { readonly row: number; readonly part: number },
): Promise<RowProof> {
  const length = partLength(shape, at.row, at.part);
  if (length === undefined) {
    throw new InvalidValueError("part", `one of ${shape.rows} rows of ${shape.rowBytes} bytes`, `${at.row}/${at.part}`);
  }
  const start = at.row * shape.rowBytes + at.part * ROW_PART_BYTES;
  const index = at.row * rowParts(shape.rowBytes) + at.part;
  return { ...at, bytes: bytes.slice(start, start + length), siblings: await tree.proof({ level: 0, index }) };
}

/** Whether the opened bytes stand at their row and part of the table of `root`. Never throws on a bad proof. */
export function verifyRow(root: Hex, shape: TableShape, proof: RowProof): boolean {
  if (partLength(shape, proof.row, proof.part) !== proof.bytes.length) return false;
  const parts = rowParts(shape.rowBytes);
  const claim = { root, id: shape.table, count: shape.rows * parts };
  const leaf = rowLeaf(shape.table, proof.row, proof.part, proof.bytes);
  return verifyNode(claim, { level: 0, index: proof.row * parts + proof.part }, leaf, proof.siblings);
}

/** Bytes of a part; undefined where the table has none. */
function partLength({ rows, rowBytes }: TableShape, row: number, part: number): number | undefined {
  const exists = Number.isInteger(row) && row >= 0 && row < rows && Number.isInteger(part) && part >= 0;
  const length = Math.min(ROW_PART_BYTES, rowBytes - part * ROW_PART_BYTES);
  return exists && length > 0 ? length : undefined;
}

function hashLeaves(
  keccak: Keccak,
  { table, rowBytes }: TableShape,
  bytes: Uint8Array,
  run: { readonly first: number; readonly count: number },
): Uint8Array {
  const parts = rowParts(rowBytes);
  const id = packHex("table", table, 32);
  const tags = new Uint8Array(TAG_BYTES * run.count);
  const start = startOf(run.first, parts, rowBytes);
  const bounds = new Uint32Array(run.count + 1);
  for (let i = 0; i < run.count; i++) {
    const leaf = run.first + i;
    writeTag(tags.subarray(TAG_BYTES * i), id, Math.floor(leaf / parts), leaf % parts);
    bounds[i + 1] = startOf(leaf + 1, parts, rowBytes) - start;
  }
  return keccak.taggedRows(tags, bytes.subarray(start, start + bounds[run.count]!), bounds);
}

/** First byte of a leaf's part in the table. */
function startOf(leaf: number, parts: number, rowBytes: number): number {
  return Math.floor(leaf / parts) * rowBytes + (leaf % parts) * ROW_PART_BYTES;
}

function writeTag(tag: Uint8Array, table: Uint8Array, row: number, part: number): void {
  if (row >>> 0 !== row) throw new InvalidValueError("row", "an unsigned integer of 32 bits", row);
  if (part >>> 0 !== part) throw new InvalidValueError("part", "an unsigned integer of 32 bits", part);
  const view = new DataView(tag.buffer, tag.byteOffset);
  tag[0] = ROW_LEAF;
  tag.set(table, 1);
  view.setUint32(33, row);
  view.setUint32(37, part);
}

function requireShape({ rows, rowBytes }: TableShape): void {
  for (const [field, value] of Object.entries({ rows, rowBytes })) {
    if (value >>> 0 !== value || value === 0) throw new InvalidValueError(field, "1 to 2^32 - 1", value);
  }
}
