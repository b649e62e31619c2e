import { AttributionError } from "../errors.js";
import { FACTOR_ONE, type Sketch, type SketchKind } from "./sketch.js";

const HASH_BYTES = 32;

/** A record's sketch as it lies in a file and under its leaf. */
export interface RecordSketch extends Sketch {
  readonly record: number;
  /** SHA-256 of the record's tokens, see `tokensHash`. */
  readonly tokensHash: Uint8Array;
}

/**
 * Where a sketch's numbers lie in a row: uint32 record, tokensHash (32), uint32 factors `[matrices]`, then the values of each
 * matrix: a byte each, or 8 in a byte, the first in its highest bit, 1 for +1, the last byte filled with zeros.
 */
export class SketchLayout {
  readonly rowBytes: number;
  readonly entries: number;

  /** @param sizes Entries of each matrix */
  constructor(
    readonly kind: SketchKind,
    readonly sizes: readonly number[],
  ) {
    this.entries = sizes.reduce((sum, size) => sum + size, 0);
    const packed = sizes.reduce((sum, size) => sum + (kind === "int8" ? size : Math.ceil(size / 8)), 0);
    this.rowBytes = 4 + HASH_BYTES + 4 * sizes.length + packed;
  }

  /** @throws AttributionError `invalid_request` when the sketch is of other matrices */
  encode({ record, tokensHash, factors, values }: RecordSketch): Uint8Array {
    if (factors.length !== this.sizes.length || values.length !== this.entries) {
      throw new AttributionError("invalid_request", `record ${record}: the sketch is of other matrices`);
    }
    const row = new Uint8Array(this.rowBytes);
    const view = new DataView(row.buffer);
    view.setUint32(0, record);
    row.set(tokensHash, 4);
    let at = 4 + HASH_BYTES;
    for (const factor of factors) {
      view.setUint32(at, factor);
      at += 4;
    }
    if (this.kind === "int8") {
      row.set(new Uint8Array(values.buffer, values.byteOffset, values.length), at);
      return row;
    }
    let from = 0;
    for (const [m, size] of this.sizes.entries()) {
      if (factors[m] !== 0) {
        for (let i = 0; i < size; i++) if (values[from + i]! > 0) row[at + (i >> 3)]! |= 0x80 >> (i & 7);
      }
      at += Math.ceil(size / 8);
      from += size;
    }
    return row;
  }

  /** @throws AttributionError `gradients_malformed` for numbers that no sketch has: each has one form */
  decode(row: Uint8Array): RecordSketch {
    const view = new DataView(row.buffer, row.byteOffset, row.byteLength);
    const record = view.getUint32(0);
    const factors = Uint32Array.from(this.sizes, (_, m) => view.getUint32(4 + HASH_BYTES + 4 * m));
    const values = new Int8Array(this.entries);
    let at = 4 + HASH_BYTES + 4 * this.sizes.length;
    let from = 0;
    for (const [m, size] of this.sizes.entries()) {
      const bytes = row.subarray(at, at + (this.kind === "int8" ? size : Math.ceil(size / 8)));
      this.#read(bytes, factors[m]!, values.subarray(from, from + size), `record ${record}, matrix ${m}`);
      at += bytes.length;
      from += size;
    }
    return { record, tokensHash: row.subarray(4, 4 + HASH_BYTES), factors, values };
  }

  #read(bytes: Uint8Array, factor: number, values: Int8Array, where: string): void {
    const malformed = (wanted: string, found: unknown) =>
      new AttributionError("gradients_malformed", `sketch of ${where}: expected ${wanted}, found ${found}`);
    if (this.kind === "1-bit" && factor !== 0 && factor !== FACTOR_ONE) throw malformed("a factor of 0 or 1", factor);
    if (factor === 0) {
      if (bytes.some((byte) => byte !== 0)) throw malformed("zeros beside a factor of zero", "others");
      return;
    }
    if (this.kind === "int8") {
      values.set(new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length));
      if (values.includes(-128)) throw malformed("values of −127 to 127", -128);
      return;
    }
    for (let i = 0; i < values.length; i++) values[i] = (bytes[i >> 3]! & (0x80 >> (i & 7))) === 0 ? -1 : 1;
    const rest = 8 * bytes.length - values.length;
    if ((bytes.at(-1)! & ((1 << rest) - 1)) !== 0) throw malformed("zeros after the last bit", bytes.at(-1));
  }
}
