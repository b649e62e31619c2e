/** Work on a whole file of records: seconds of it, so that it is done in a thread of its own (`RedactionThread`). */
import {
  decodeHeldContribution,
  domainHash,
  EMPTY_NODE,
  encodeRedactedContribution,
  foldLevel,
  type HeldContribution,
  isErased,
  joinBytes,
  type Keccak,
  licenceToBytes32,
  loadKeccak,
  MAX_ERASED_RECORDS,
  OpenLedgerError,
  packText,
  redactContribution,
  rootHash,
  treeDepth,
} from "@openledger/sdk";
import { bytesToHex, type Hex, hexToBytes } from "viem";
import { StoreError } from "../StoreError.js";
import type { ErasureTarget } from "./ErasureTarget.js";

export interface RecordsInFile {
  /** Bytes of a contribution's file, whole or redacted. */
  readonly file: Uint8Array;
  /** Places from 0; none: all. */
  readonly records: readonly number[];
  /** How many the file must have; undefined where nobody says. */
  readonly recordCount: number | undefined;
}

export interface RedactedFile {
  readonly target: ErasureTarget;
  /** The file without the records; undefined where each of them was erased before. */
  readonly redacted: Uint8Array | undefined;
}

const NODE_BYTES = 32;

/** @throws StoreError as `redactFile` */
export async function readTarget(asked: RecordsInFile): Promise<ErasureTarget> {
  return (await openFile(asked)).target;
}

/**
 * Takes records out of a file.
 *
 * @throws StoreError `too_many_records`, before any is hashed; `not_allowed` where the file has not `recordCount` of them;
 * `bad_request` where it is no contribution's file, has no such record, or one that can have no leaf
 */
export async function redactFile(asked: RecordsInFile): Promise<RedactedFile> {
  const { file, leaves, target } = await openFile(asked);
  const places = asked.records.length > 0 ? asked.records : file.records.map((_, place) => place);
  if (places.every((place) => isErased(file.records[place]!))) return { target, redacted: undefined };
  const leafOf = (place: number) => bytesToHex(leaves.subarray(NODE_BYTES * place, NODE_BYTES * (place + 1)));
  return { target, redacted: sent(() => encodeRedactedContribution(redactContribution(file, places, leafOf))) };
}

/** @param what Has them. */
export function tooManyRecords(what: string): StoreError {
  const message =
    `${what} has more than ${MAX_ERASED_RECORDS} records: of so many none are erased one by one. ` +
    "Ask an eraser of this store to erase the file whole, by an EraseContent.";
  return new StoreError("too_many_records", message, false);
}

async function openFile({ file: bytes, records, recordCount }: RecordsInFile): Promise<{
  readonly file: HeldContribution;
  readonly leaves: Uint8Array;
  readonly target: ErasureTarget;
}> {
  // A record has one opening brace and at most two commas; what is not of records has less than 64.
  if (structureOf(bytes) > 3 * MAX_ERASED_RECORDS + 64) throw tooManyRecords("The file");
  const file = sent(() => decodeHeldContribution(bytes));
  const found = file.records.length;
  if (found > MAX_ERASED_RECORDS) throw tooManyRecords("The file");
  if (recordCount !== undefined && found !== recordCount) {
    const message =
      `The file has ${found} records, and the contribution ${recordCount} on the chain: it is not what was committed to. ` +
      "Ask an eraser of this store to erase the file whole, by an EraseContent.";
    throw new StoreError("not_allowed", message, false);
  }
  const outside = records.find((place) => place >= found);
  if (outside !== undefined) {
    throw new StoreError("bad_request", `The file has ${found} records, from 0; there is no record ${outside}.`, false);
  }
  const keccak = await loadKeccak();
  const leaves = sent(() => recordLeaves(keccak, file));
  const recordsRoot = rootOver(keccak, leaves);
  return { file, leaves, target: { contributor: file.contributor, recordCount: found, recordsRoot } };
}

/** Commas and opening brackets of a JSON text outside its strings: millions of them would take gigabytes to parse. */
function structureOf(json: Uint8Array): number {
  const [quote, backslash, comma, bracket, brace] = [0x22, 0x5c, 0x2c, 0x5b, 0x7b];
  let found = 0;
  let inString = false;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at];
    if (byte === quote) inString = !inString;
    else if (inString) at += byte === backslash ? 1 : 0;
    else if (byte === comma || byte === bracket || byte === brace) found++;
  }
  return found;
}

/** As `recordLeaf` of each, `[records, 32]`, some twenty times faster. @throws InvalidValueError */
function recordLeaves(keccak: Keccak, { records, licence }: HeldContribution): Uint8Array {
  const tag = Uint8Array.from([0, ...hexToBytes(domainHash("Record"))]);
  const payload = new Uint8Array(68);
  // As `recordsRoot`: a licence that is none matters to texts alone.
  if (!records.every(isErased)) payload.set(hexToBytes(licenceToBytes32(licence)), 36);
  const leaves = new Uint8Array(NODE_BYTES * records.length);
  for (const [place, record] of records.entries()) {
    if (isErased(record)) {
      leaves.set(hexToBytes(record.leaf), NODE_BYTES * place);
      continue;
    }
    const text = packText("text", record.text);
    payload.set(keccak.hash(text));
    new DataView(payload.buffer).setUint32(32, text.length);
    keccak.add(tag, payload, leaves, NODE_BYTES * place);
  }
  keccak.flush();
  return leaves;
}

/** As `recordsRoot` of the records with these leaves, `[n, 32]`. */
function rootOver(keccak: Keccak, leaves: Uint8Array): Hex {
  const count = leaves.length / NODE_BYTES;
  let nodes = leaves;
  let empty = hexToBytes(EMPTY_NODE);
  for (let level = treeDepth(count); level > 0; level--) {
    if ((nodes.length / NODE_BYTES) % 2 === 1) nodes = joinBytes([nodes, empty]);
    nodes = foldLevel(keccak, nodes);
    empty = keccak.hash(Uint8Array.of(1), empty, empty);
  }
  return rootHash(domainHash("Record"), count, bytesToHex(nodes));
}

/** What the SDK refuses of a file is for whoever stored it to mend. */
function sent<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof OpenLedgerError) throw new StoreError("bad_request", error.message, false, { cause: error });
    throw error;
  }
}
