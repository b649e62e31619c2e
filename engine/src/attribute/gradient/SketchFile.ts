import { type FileHandle, open } from "node:fs/promises";
import { domainHash, type Keccak } from "@openledger/sdk";
import { AttributionError } from "../errors.js";
import { hexBytes } from "../hex.js";
import { SketchLayout } from "./SketchLayout.js";
import { encodeHead, readHead, type SketchesHead } from "./sketchesRoot.js";

export const LEAF_BYTES = 32;
const LEAF_TAG = Uint8Array.of(0x00, ...hexBytes(domainHash("GradientSketch")));

/**
 * Rows of sketches at their places: head, root (32, zero while the file is being built), then for each record its leaf (32) and
 * its row. A row can be told from half of one by its leaf.
 */
export class SketchFile {
  readonly layout: SketchLayout;
  readonly rootAt: number;

  private constructor(
    readonly path: string,
    readonly handle: FileHandle,
    readonly head: SketchesHead,
    private readonly keccak: Keccak,
  ) {
    this.layout = new SketchLayout(head.kind, head.sizes);
    this.rootAt = encodeHead(head).length;
  }

  /** @throws AttributionError `gradients_malformed`; whatever keeps the system from opening it */
  static async open(path: string, flags: "r" | "r+", keccak: Keccak): Promise<SketchFile> {
    const handle = await open(path, flags);
    try {
      const { size } = await handle.stat();
      const head = await readHead(path, size, (at, into) => readAll(path, handle, at, into));
      return new SketchFile(path, handle, head, keccak);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** An empty file in place of whatever is there. */
  static async create(path: string, head: SketchesHead, keccak: Keccak): Promise<SketchFile> {
    const handle = await open(path, "w+");
    const file = new SketchFile(path, handle, head, keccak);
    await file.write(0, Buffer.concat([encodeHead(head), new Uint8Array(LEAF_BYTES)]));
    return file;
  }

  /** Where the row of a record begins, or the end of so many rows. */
  rowAt(record: number): number {
    return this.rootAt + LEAF_BYTES + record * (LEAF_BYTES + this.layout.rowBytes);
  }

  async root(): Promise<Uint8Array> {
    const root = new Uint8Array(LEAF_BYTES);
    await readAll(this.path, this.handle, this.rootAt, root);
    return root;
  }

  /** A record's leaf and row; undefined when the row is not whole, or another than its leaf says. */
  async row(record: number): Promise<{ readonly leaf: Uint8Array; readonly row: Uint8Array } | undefined> {
    const bytes = new Uint8Array(LEAF_BYTES + this.layout.rowBytes);
    const { bytesRead } = await this.handle.read(bytes, 0, bytes.length, this.rowAt(record));
    const [leaf, row] = [bytes.subarray(0, LEAF_BYTES), bytes.subarray(LEAF_BYTES)];
    if (bytesRead < bytes.length || Buffer.compare(this.keccak.hash(LEAF_TAG, row), leaf) !== 0) return undefined;
    return { leaf, row };
  }

  /** @returns the row's leaf: keccak(0x00 ‖ domain "GradientSketch" ‖ row) */
  async writeRow(record: number, row: Uint8Array): Promise<Uint8Array> {
    const leaf = this.keccak.hash(LEAF_TAG, row);
    await this.write(this.rowAt(record), Buffer.concat([leaf, row]));
    return leaf;
  }

  async write(at: number, bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      done += (await this.handle.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
    }
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

/** Bytes of a whole file of sketches. */
export function sketchesBytes(head: SketchesHead): number {
  const { rowBytes } = new SketchLayout(head.kind, head.sizes);
  return encodeHead(head).length + LEAF_BYTES + head.records * (LEAF_BYTES + rowBytes);
}

async function readAll(path: string, handle: FileHandle, at: number, into: Uint8Array): Promise<void> {
  const { bytesRead } = await handle.read(into, 0, into.length, at);
  if (bytesRead === into.length) return;
  throw new AttributionError(
    "gradients_malformed",
    `${path}: expected ${at + into.length} bytes, found ${at + bytesRead}`,
  );
}
