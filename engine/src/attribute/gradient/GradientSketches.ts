import { domainHash, loadKeccak, type MerkleProof, merkleProof, merkleRoot } from "@openledger/sdk";
import { AttributionError } from "../errors.js";
import { type Hex, hexOf } from "../hex.js";
import { LEAF_BYTES, SketchFile } from "./SketchFile.js";
import type { RecordSketch } from "./SketchLayout.js";
import type { SketchKind } from "./sketch.js";
import { sketchesRoot } from "./sketchesRoot.js";

/**
 * Sketches of all records of a model's versions, in their order, in a file that is read row by row: memory is a row and 32 bytes a
 * record. `root` binds each row, its number and the basis; any row can be shown by a Merkle proof.
 */
export class GradientSketches {
  readonly root: Hex;
  /** Over the rows' leaves under the domain "GradientSketch": what proofs lead to. */
  readonly recordsRoot: Hex;

  private constructor(
    private readonly file: SketchFile,
    /** `[records, 32]` */
    private readonly leaves: Uint8Array,
  ) {
    this.recordsRoot = merkleRoot(domainHash("GradientSketch"), this.#leafHashes());
    this.root = sketchesRoot(file.head, this.recordsRoot);
  }

  /**
   * Opens a file and reads it once from its begin to its end: every row's numbers, leaf and place, and the root.
   *
   * @throws AttributionError `gradients_malformed`; `gradients_mismatch` when a row or the root is not what the file claims.
   * Whatever keeps the system from opening it.
   */
  static async open(path: string): Promise<GradientSketches> {
    const file = await SketchFile.open(path, "r", await loadKeccak());
    try {
      const { records } = file.head;
      const { size } = await file.handle.stat();
      if (size !== file.rowAt(records)) {
        throw new AttributionError(
          "gradients_malformed",
          `${path}: expected ${file.rowAt(records)} bytes, found ${size}`,
        );
      }
      const leaves = new Uint8Array(LEAF_BYTES * records);
      for (let record = 0; record < records; record++) {
        leaves.set((await readRow(file, record)).leaf, LEAF_BYTES * record);
      }
      const sketches = new GradientSketches(file, leaves);
      const claimed = hexOf(await file.root());
      if (claimed === sketches.root) return sketches;
      throw mismatch(path, `root ${claimed}, of which its content gives ${sketches.root}`);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  get kind(): SketchKind {
    return this.file.head.kind;
  }

  get recordCount(): number {
    return this.file.head.records;
  }

  get basisRoot(): Hex {
    return this.file.head.basisRoot;
  }

  /** Entries of each matrix. */
  get sizes(): readonly number[] {
    return this.file.head.sizes;
  }

  /** Bytes of a record's row, as its leaf hashes it. @throws AttributionError `invalid_request`, `gradients_mismatch` */
  async payload(record: number): Promise<Uint8Array> {
    this.#checkRecord(record);
    return (await readRow(this.file, record)).row;
  }

  /** One record's sketch. @throws AttributionError as `payload` */
  async sketch(record: number): Promise<RecordSketch> {
    return this.file.layout.decode(await this.payload(record));
  }

  /** Each record's sketch, from the first on. @throws AttributionError `gradients_mismatch` when the file was changed */
  async *rows(): AsyncGenerator<RecordSketch> {
    for (let record = 0; record < this.recordCount; record++) yield this.sketch(record);
  }

  /** The place of a record's leaf under `recordsRoot`. @throws AttributionError `invalid_request` */
  proof(record: number): MerkleProof {
    this.#checkRecord(record);
    return merkleProof([...this.#leafHashes()], record);
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  #checkRecord(record: number): void {
    if (Number.isInteger(record) && record >= 0 && record < this.recordCount) return;
    throw new AttributionError(
      "invalid_request",
      `there are ${this.recordCount} sketches, asked for that of ${record}`,
    );
  }

  *#leafHashes(): Generator<Hex> {
    for (let at = 0; at < this.leaves.length; at += LEAF_BYTES) yield hexOf(this.leaves.subarray(at, at + LEAF_BYTES));
  }
}

async function readRow(file: SketchFile, record: number): Promise<{ leaf: Uint8Array; row: Uint8Array }> {
  const found = await file.row(record);
  if (found === undefined) throw mismatch(file.path, `a leaf of record ${record} that is not its row's`);
  const decoded = file.layout.decode(found.row);
  if (decoded.record !== record) throw mismatch(file.path, `record ${decoded.record} at the place of ${record}`);
  return found;
}

function mismatch(path: string, what: string): AttributionError {
  return new AttributionError("gradients_mismatch", `${path} claims ${what}; build it again`);
}
