import { domainHash, leafHash, merkleRoot } from "@openledger/sdk";
import { AttributionError } from "../errors.js";
import { type Hex, hexBytes, hexOf } from "../hex.js";
import { AXIS_ONE, type EvsAxes, EvsBasis } from "./EvsBasis.js";
import type { GradientMatrix } from "./TextGradients.js";

const MAGIC = 0x4f4c4742; // OLGB
/** Of the rules by which a basis is fitted too: equal roots mean equal rules. */
const FORMAT = 1;
const HEADER_BYTES = 148;
/** Longest side of a matrix: two axes of it are squares of it. */
const MAX_SIDE = 8192;

/** What gradients are of. */
export interface GradientSubject {
  readonly baseWeightsRoot: Hex;
  readonly adapterWeightsRoot: Hex;
  /** Most tokens of a text. */
  readonly length: number;
}

/** What a basis was fitted on: see `basisSample`. */
export interface FittedOn {
  /** Records that the sample was drawn of, and those in it. */
  readonly records: number;
  readonly sampled: number;
  /** SHA-256, see `sampleHash`. */
  readonly sampleHash: Hex;
}

/**
 * The measure in which gradients of an adapter's texts are compared, frozen: an `EvsBasis` for each of its matrices.
 *
 * File, big-endian: "OLGB", uint16 format, uint16 matrices, uint32 length, uint32 records, uint32 sampled, baseWeightsRoot (32),
 * adapterWeightsRoot (32), sampleHash (32), root (32); then for each matrix uint8 length of its name, the name in ASCII, uint32
 * rows, uint32 columns, int16 left `[rows, rows]`, int16 right `[columns, columns]`, binary32 scale `[rows, columns]`.
 *
 * `root` = leaf("GradientBasis", header without root ‖ root of the matrices' leaves under "GradientAxes"). It binds what
 * everybody computes with; that the sample gives these axes can be checked by fitting again on the same machine only, since
 * gradients are floats.
 */
export class GradientBasis {
  readonly root: Hex;
  readonly bytes: Uint8Array;

  private constructor(
    readonly subject: GradientSubject,
    readonly fittedOn: FittedOn,
    readonly parts: readonly EvsBasis[],
  ) {
    const blocks = parts.map(encodeMatrix);
    const header = encodeHeader(subject, fittedOn, parts.length);
    this.root = rootOf(header, blocks);
    this.bytes = new Uint8Array(Buffer.concat([header, hexBytes(this.root), ...blocks]));
  }

  /** @throws AttributionError `invalid_request` where no file can hold it: no matrices, two of a name, sides beyond 8,192 */
  static of(subject: GradientSubject, fittedOn: FittedOn, parts: readonly EvsBasis[]): GradientBasis {
    checkMatrices(parts.map(({ matrix }) => matrix));
    return new GradientBasis(subject, fittedOn, parts);
  }

  /**
   * Reads a file and recomputes its root.
   *
   * @throws AttributionError `gradients_malformed`; `gradients_mismatch` when the file's content does not give its root
   */
  static parse(bytes: Uint8Array): GradientBasis {
    const reader = new BasisReader(bytes);
    const { subject, fittedOn, matrices, root } = reader.header();
    const parts = Array.from({ length: matrices }, () => reader.matrix());
    reader.end();
    checkMatrices(
      parts.map(({ matrix }) => matrix),
      "gradients_malformed",
    );
    const basis = new GradientBasis(subject, fittedOn, parts);
    if (basis.root === root) return basis;
    throw new AttributionError(
      "gradients_mismatch",
      `gradient basis: the file claims root ${root}, its content gives ${basis.root}; fetch it again`,
    );
  }

  get matrices(): readonly GradientMatrix[] {
    return this.parts.map(({ matrix }) => matrix);
  }

  /**
   * Each matrix' gradient in the basis.
   *
   * @throws AttributionError `invalid_request` when the gradients are of other matrices
   */
  whiten(gradients: readonly Float32Array[]): Float64Array[] {
    const fits = gradients.length === this.parts.length;
    if (!fits || this.parts.some(({ matrix }, i) => gradients[i]!.length !== matrix.rows * matrix.columns)) {
      throw new AttributionError("invalid_request", "the gradients are of other matrices than the basis");
    }
    return this.parts.map((part, i) => part.whiten(gradients[i]!));
  }
}

/**
 * @param code Of the error: what a caller asked for, or what a file has
 * @throws AttributionError for matrices that a basis' file cannot hold
 */
export function checkMatrices(
  matrices: readonly GradientMatrix[],
  code: "invalid_request" | "gradients_malformed" = "invalid_request",
): void {
  if (matrices.length < 1 || matrices.length > 0xffff) throw refusal(code, "1 to 65,535 matrices", matrices.length);
  const names = new Set<string>();
  for (const matrix of matrices) {
    checkMatrix(matrix, code);
    if (names.has(matrix.name)) throw refusal(code, "names that differ", matrix.name);
    names.add(matrix.name);
  }
}

function checkMatrix({ name, rows, columns }: GradientMatrix, code: AttributionError["code"]): void {
  if (!/^[\x21-\x7e]{1,255}$/.test(name)) throw refusal(code, "a printable name of at most 255 characters", name);
  for (const side of [rows, columns]) {
    if (side < 1 || side > MAX_SIDE) throw refusal(code, `sides of 1 to ${MAX_SIDE} in ${name}`, side);
  }
}

/** Names and shapes in order, by which matrices are told from others. */
export function describeMatrices(matrices: readonly GradientMatrix[]): string {
  return matrices.map(({ name, rows, columns }) => `${name} ${rows}x${columns}`).join(", ");
}

/** Bytes of the file of a basis for these matrices. */
export function basisBytes(matrices: readonly GradientMatrix[]): number {
  return matrices.reduce(
    (sum, { name, rows, columns }) => sum + 9 + name.length + 2 * (rows ** 2 + columns ** 2) + 4 * rows * columns,
    HEADER_BYTES,
  );
}

function encodeHeader(subject: GradientSubject, fittedOn: FittedOn, matrices: number): Uint8Array {
  const header = new Uint8Array(HEADER_BYTES - 32);
  const view = new DataView(header.buffer);
  view.setUint32(0, MAGIC);
  view.setUint16(4, FORMAT);
  view.setUint16(6, matrices);
  view.setUint32(8, subject.length);
  view.setUint32(12, fittedOn.records);
  view.setUint32(16, fittedOn.sampled);
  [subject.baseWeightsRoot, subject.adapterWeightsRoot, fittedOn.sampleHash].forEach((hash, i) => {
    header.set(hexBytes(hash), 20 + 32 * i);
  });
  return header;
}

function encodeMatrix({ matrix, axes }: EvsBasis): Uint8Array {
  const name = Buffer.from(matrix.name, "ascii");
  const { left, right, scale } = axes;
  const bytes = new Uint8Array(9 + name.length + 2 * (left.length + right.length) + 4 * scale.length);
  const view = new DataView(bytes.buffer);
  bytes[0] = name.length;
  bytes.set(name, 1);
  let at = 1 + name.length;
  view.setUint32(at, matrix.rows);
  view.setUint32(at + 4, matrix.columns);
  at += 8;
  for (const entries of [left, right]) for (let i = 0; i < entries.length; i++, at += 2) view.setInt16(at, entries[i]!);
  for (let i = 0; i < scale.length; i++, at += 4) view.setFloat32(at, scale[i]!);
  return bytes;
}

function rootOf(header: Uint8Array, blocks: readonly Uint8Array[]): Hex {
  const leaves = blocks.map((block) => leafHash(domainHash("GradientAxes"), block));
  const axesRoot = hexBytes(merkleRoot(domainHash("GradientAxes"), leaves));
  return leafHash(domainHash("GradientBasis"), Buffer.concat([header, axesRoot]));
}

/** Reads a file from its begin to its end; nothing is allocated that the file does not hold. */
class BasisReader {
  readonly #view: DataView;
  #at = 0;

  constructor(private readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  header() {
    const [view, at] = [this.#view, this.#take(HEADER_BYTES)];
    if (view.getUint32(at) !== MAGIC) throw malformed("an OLGB file", "other bytes");
    if (view.getUint16(4) !== FORMAT) throw malformed(`format ${FORMAT}`, view.getUint16(4));
    const hash = (from: number) => hexOf(this.bytes.subarray(from, from + 32));
    const subject = { length: view.getUint32(8), baseWeightsRoot: hash(20), adapterWeightsRoot: hash(52) };
    const fittedOn = { records: view.getUint32(12), sampled: view.getUint32(16), sampleHash: hash(84) };
    if (fittedOn.sampled > fittedOn.records) {
      throw malformed(`a sample of at most ${fittedOn.records}`, fittedOn.sampled);
    }
    return { subject, fittedOn, matrices: view.getUint16(6), root: hash(116) };
  }

  matrix(): EvsBasis {
    const size = this.bytes[this.#take(1)]!;
    const name = Buffer.from(this.bytes.subarray(this.#take(size), this.#at)).toString("latin1");
    const at = this.#take(8);
    const matrix = { name, rows: this.#view.getUint32(at), columns: this.#view.getUint32(at + 4) };
    checkMatrix(matrix, "gradients_malformed");
    const { rows, columns } = matrix;
    const left = this.#axes(rows, name);
    const right = this.#axes(columns, name);
    const from = this.#take(4 * rows * columns);
    const scale = new Float32Array(rows * columns);
    for (let i = 0; i < scale.length; i++) scale[i] = this.#view.getFloat32(from + 4 * i);
    const bad = scale.find((value) => !Number.isFinite(value) || value < 0);
    if (bad !== undefined) throw malformed(`finite scales from 0 in ${name}`, bad);
    return new EvsBasis(matrix, { left, right, scale });
  }

  end(): void {
    if (this.#at !== this.bytes.length) throw malformed(`${this.#at} bytes`, this.bytes.length);
  }

  #axes(side: number, name: string): EvsAxes["left"] {
    const from = this.#take(2 * side * side);
    const axes = new Int16Array(side * side);
    for (let i = 0; i < axes.length; i++) axes[i] = this.#view.getInt16(from + 2 * i);
    if (axes.includes(-AXIS_ONE - 1)) throw malformed(`entries of ±${AXIS_ONE} in ${name}`, -AXIS_ONE - 1);
    return axes;
  }

  #take(size: number): number {
    const at = this.#at;
    if (at + size > this.bytes.length) throw malformed(`${at + size} bytes`, this.bytes.length);
    this.#at += size;
    return at;
  }
}

function malformed(wanted: string, found: unknown): AttributionError {
  return refusal("gradients_malformed", wanted, found);
}

function refusal(code: AttributionError["code"], wanted: string, found: unknown): AttributionError {
  return new AttributionError(code, `gradient basis: expected ${wanted}, found ${found}`);
}
