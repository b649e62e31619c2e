import { CodeProjection } from "./CodeProjection.js";
import { CODE_BITS, CODE_BYTES, MAX_SURPRISE, type PositionCodes } from "./codes.js";
import { AttributionError } from "./errors.js";

/** File of a base's folder that holds its attribution part. */
export const ATTRIBUTION_FILE = "attribution.bin";

const MAGIC = 0x4f4c4142; // OLAB
const FORMAT = 1;
const HEADER_BYTES = 16;

/**
 * What of attribution belongs to a base and to no Datanet: the projection that turns hidden states into codes, and
 * decoys, codes of public text that no record can have shaped, from which indexes take their thresholds.
 *
 * File: "OLAB", uint16 format, uint16 bits, uint32 hidden, uint32 decoys (all big-endian); float32 little-endian mean
 * `[hidden]` and projection `[bits, hidden]`; for each decoy uint16 length and per position uint32 token, uint8 surprise,
 * 16 bytes of code.
 */
export interface AttributionBase {
  readonly projection: CodeProjection;
  readonly decoys: readonly PositionCodes[];
}

export function encodeAttributionBase(base: AttributionBase): Uint8Array {
  const { mean, projection } = base.projection;
  const positions = base.decoys.reduce((sum, decoy) => sum + decoy.ids.length, 0);
  const size =
    HEADER_BYTES + 4 * (mean.length + projection.length) + 2 * base.decoys.length + positions * (5 + CODE_BYTES);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC);
  view.setUint16(4, FORMAT);
  view.setUint16(6, CODE_BITS);
  view.setUint32(8, mean.length);
  view.setUint32(12, base.decoys.length);
  let at = HEADER_BYTES;
  for (const values of [mean, projection]) {
    for (const value of values) {
      view.setFloat32(at, value, true);
      at += 4;
    }
  }
  for (const decoy of base.decoys) {
    view.setUint16(at, decoy.ids.length);
    at += 2;
    for (let i = 0; i < decoy.ids.length; i++) at = writePosition(bytes, view, at, decoy, i);
  }
  return bytes;
}

/** @throws AttributionError `base_malformed` */
export function parseAttributionBase(bytes: Uint8Array): AttributionBase {
  const malformed = (wanted: string, found: unknown): AttributionError =>
    new AttributionError("base_malformed", `${ATTRIBUTION_FILE}: expected ${wanted}, found ${found}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER_BYTES || view.getUint32(0) !== MAGIC) throw malformed("an OLAB file", "other bytes");
  if (view.getUint16(4) !== FORMAT) throw malformed(`format ${FORMAT}`, view.getUint16(4));
  if (view.getUint16(6) !== CODE_BITS) throw malformed(`${CODE_BITS} bits`, view.getUint16(6));
  const hidden = view.getUint32(8);
  const count = view.getUint32(12);
  let at = HEADER_BYTES;
  const need = (size: number) => {
    if (at + size > bytes.length) throw malformed(`${at + size} bytes`, bytes.length);
  };
  const floats = (length: number): Float32Array => {
    need(4 * length);
    const values = new Float32Array(length);
    for (let i = 0; i < length; i++) values[i] = view.getFloat32(at + 4 * i, true);
    at += 4 * length;
    return values;
  };

  const mean = floats(hidden);
  const projection = floats(CODE_BITS * hidden);
  const decoys: PositionCodes[] = [];
  for (let decoy = 0; decoy < count; decoy++) {
    need(2);
    const length = view.getUint16(at);
    at += 2;
    need(length * (5 + CODE_BYTES));
    decoys.push(readPositions(bytes, view, at, length));
    at += length * (5 + CODE_BYTES);
  }
  if (at !== bytes.length) throw malformed(`${at} bytes`, bytes.length);
  return { projection: new CodeProjection(mean, projection), decoys };
}

/** Writes token, surprise and code of one position at `at`; returns the place after them. */
export function writePosition(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  codes: PositionCodes,
  position: number,
): number {
  view.setUint32(at, codes.ids[position]!);
  view.setUint8(at + 4, codes.surprises[position]!);
  bytes.set(codes.codes.subarray(position * CODE_BYTES, (position + 1) * CODE_BYTES), at + 5);
  return at + 5 + CODE_BYTES;
}

/** Reads `length` positions as `writePosition` wrote them. */
function readPositions(bytes: Uint8Array, view: DataView, from: number, length: number): PositionCodes {
  const codes = {
    ids: new Uint32Array(length),
    surprises: new Uint8Array(length),
    codes: new Uint8Array(length * CODE_BYTES),
  };
  for (let i = 0; i < length; i++) {
    const at = from + i * (5 + CODE_BYTES);
    const surprise = view.getUint8(at + 4);
    if (surprise > MAX_SURPRISE) {
      throw new AttributionError("base_malformed", `a surprise has 7 bits, found ${surprise} at byte ${at + 4}`);
    }
    codes.ids[i] = view.getUint32(at);
    codes.surprises[i] = surprise;
    codes.codes.set(bytes.subarray(at + 5, at + 5 + CODE_BYTES), i * CODE_BYTES);
  }
  return codes;
}
