import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { AttributionError } from "../errors.js";
import type { Hex } from "../hex.js";
import { FLOOR_COUNT } from "../kernel/floors.js";
import { MAX_SEGMENT_RECORDS } from "./SegmentLayout.js";

export const MANIFEST_FILE = "index.json";
const FORMAT = 1;
/** By which copies, thresholds and floors were found; a seal of other rules is made again. Goes up with any of them. */
const RULES = 3;
/** Most records of an index: a record's place has 32 bits. */
const MAX_RECORDS = 2 ** 32 - 1;

/** A segment as the manifest lists it: its file is `<sha256>.segment`. */
export interface SegmentEntry {
  readonly records: number;
  readonly sha256: string;
}

/** What follows from all segments and the base's decoys. */
export interface Seal {
  readonly recordsRoot: Hex;
  readonly postingsRoot: Hex;
  /** Over both and all else, see `indexRoot`. */
  readonly root: Hex;
  readonly floors: readonly number[];
  /** SHA-256 of the file of thresholds, `<sha256>.thresholds`: int16 for each token that occurs. */
  readonly thresholds: string;
}

/** What stands for erased records as the manifest lists it: its file is `<sha256>.tombstones`. */
export interface TombstonesEntry {
  /** How many were erased. */
  readonly records: number;
  readonly sha256: string;
}

export interface FolderManifest {
  readonly baseWeightsRoot: Hex;
  readonly attributionHash: Hex;
  /** In the order of their records. */
  readonly segments: readonly SegmentEntry[];
  /** Present once records were erased; the segments alone give other roots then, whatever seals them. */
  readonly tombstones?: TombstonesEntry;
  /** Absent while records are being added. */
  readonly seal?: Seal;
}

export function encodeManifest(manifest: FolderManifest): string {
  const { seal, ...rest } = manifest;
  const sealed = seal === undefined ? {} : { seal: { rules: RULES, ...seal } };
  return `${JSON.stringify({ format: FORMAT, ...rest, ...sealed }, null, 2)}\n`;
}

/** The manifest of a folder; undefined when there is none. @throws AttributionError `index_malformed` */
export async function readManifest(path: string): Promise<FolderManifest | undefined> {
  let text: string;
  try {
    text = await readFile(join(path, MANIFEST_FILE), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  return parseManifest(text, path);
}

function parseManifest(text: string, folder: string): FolderManifest {
  const malformed = (wanted: string, found: unknown) =>
    new AttributionError("index_malformed", `${folder}/${MANIFEST_FILE}: expected ${wanted}, found ${found}`);
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw malformed("JSON", "something else");
  }
  const fields = fieldsOf(document);
  if (fields === undefined || fields.format !== FORMAT) throw malformed(`format ${FORMAT}`, fields?.format);
  const { baseWeightsRoot, attributionHash, segments, tombstones, seal } = fields;
  if (!isHash(baseWeightsRoot) || !isHash(attributionHash)) throw malformed("hashes of the base", baseWeightsRoot);
  if (!Array.isArray(segments) || !segments.every(isSegment)) throw malformed("segments", JSON.stringify(segments));
  const records = segments.reduce((sum, one) => sum + one.records, 0);
  if (records > MAX_RECORDS) throw malformed(`at most ${MAX_RECORDS} records`, records);
  if (tombstones !== undefined && !areTombstones(tombstones, records)) {
    throw malformed(`tombstones of at most ${records} records`, JSON.stringify(tombstones));
  }
  const unsealed = { baseWeightsRoot, attributionHash, segments, ...(tombstones === undefined ? {} : { tombstones }) };
  if (seal === undefined || fieldsOf(seal)?.rules !== RULES) return unsealed;
  if (!isSeal(seal)) throw malformed("a seal", JSON.stringify(seal));
  return { ...unsealed, seal };
}

function isSegment(value: unknown): value is SegmentEntry {
  const fields = fieldsOf(value);
  const records = fields?.records;
  return isDigest(fields?.sha256) && isInteger(records, 1, MAX_SEGMENT_RECORDS);
}

function areTombstones(value: unknown, records: number): value is TombstonesEntry {
  const fields = fieldsOf(value);
  return isDigest(fields?.sha256) && isInteger(fields?.records, 1, records);
}

function isSeal(value: unknown): value is Seal {
  const fields = fieldsOf(value);
  const floors = fields?.floors;
  const areFloors =
    Array.isArray(floors) && floors.length === FLOOR_COUNT && floors.every((floor) => isInteger(floor, 1, 2 ** 16));
  const areRoots = [fields?.recordsRoot, fields?.postingsRoot, fields?.root].every(isHash);
  return areFloors && areRoots && isDigest(fields?.thresholds);
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
}

function isInteger(value: unknown, least: number, most: number): value is number {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}

function isHash(value: unknown): value is Hex {
  return typeof value === "string" && /^0x[0-9a-f]{64}$/.test(value);
}

function isDigest(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
}
