import { domainHash, leafHash } from "@openledger/sdk";
import { AttributionError } from "../errors.js";
import { type Hex, hexBytes, hexOf } from "../hex.js";
import type { SketchKind } from "./sketch.js";

const MAGIC = 0x4f4c4753; // OLGS
/** Of the rules by which sketches are made too: equal roots mean equal rules. */
const FORMAT = 1;
const FIXED_BYTES = 48;
const BITS: Readonly<Record<SketchKind, number>> = { "1-bit": 1, int8: 8 };

/** What sketches are of, beside the records themselves. */
export interface SketchesHead {
  readonly kind: SketchKind;
  readonly records: number;
  readonly basisRoot: Hex;
  /** Entries of each matrix of the basis. */
  readonly sizes: readonly number[];
}

/** "OLGS", uint16 format, uint16 bits, uint32 records, uint32 matrices, basisRoot (32), uint32 sizes `[matrices]`. */
export function encodeHead({ kind, records, basisRoot, sizes }: SketchesHead): Uint8Array {
  const head = new Uint8Array(FIXED_BYTES + 4 * sizes.length);
  const view = new DataView(head.buffer);
  view.setUint32(0, MAGIC);
  view.setUint16(4, FORMAT);
  view.setUint16(6, BITS[kind]);
  view.setUint32(8, records);
  view.setUint32(12, sizes.length);
  head.set(hexBytes(basisRoot), 16);
  sizes.forEach((size, i) => {
    view.setUint32(FIXED_BYTES + 4 * i, size);
  });
  return head;
}

/**
 * @param read Fills bytes from a place in the file on; throws where it ends before
 * @throws AttributionError `gradients_malformed`
 */
export async function readHead(
  path: string,
  byteLength: number,
  read: (at: number, into: Uint8Array) => Promise<void>,
): Promise<SketchesHead> {
  const malformed = (wanted: string, found: unknown) =>
    new AttributionError("gradients_malformed", `${path}: expected ${wanted}, found ${found}`);
  const fixed = new Uint8Array(FIXED_BYTES);
  if (byteLength < fixed.length) throw malformed(`${fixed.length} bytes or more`, byteLength);
  await read(0, fixed);
  const view = new DataView(fixed.buffer);
  if (view.getUint32(0) !== MAGIC) throw malformed("an OLGS file", "other bytes");
  if (view.getUint16(4) !== FORMAT) throw malformed(`format ${FORMAT}`, view.getUint16(4));
  const bits = view.getUint16(6);
  if (bits !== BITS["1-bit"] && bits !== BITS.int8) throw malformed("1 or 8 bits", bits);
  const matrices = view.getUint32(12);
  if (matrices < 1 || matrices > 0xffff) throw malformed("1 to 65,535 matrices", matrices);
  const list = new Uint8Array(4 * matrices);
  if (byteLength < FIXED_BYTES + list.length) throw malformed(`${FIXED_BYTES + list.length} bytes or more`, byteLength);
  await read(FIXED_BYTES, list);
  const sizes = Array.from({ length: matrices }, (_, m) => new DataView(list.buffer).getUint32(4 * m));
  if (sizes.includes(0)) throw malformed("matrices of one entry or more", 0);
  return {
    kind: bits === BITS.int8 ? "int8" : "1-bit",
    records: view.getUint32(8),
    basisRoot: hexOf(fixed.subarray(16, 48)),
    sizes,
  };
}

/** leaf("GradientSketches", head ‖ root of the rows' leaves under "GradientSketch"). */
export function sketchesRoot(head: SketchesHead, recordsRoot: Hex): Hex {
  return leafHash(domainHash("GradientSketches"), Buffer.concat([encodeHead(head), hexBytes(recordsRoot)]));
}
