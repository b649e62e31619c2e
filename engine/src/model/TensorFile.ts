import { createHash } from "node:crypto";
import type { ByteSource } from "./ByteSource.js";
import { headerLength, LENGTH_BYTES, malformed, parseHeader, type TensorEntry } from "./safetensorsHeader.js";
import { decodeFloats, FLOAT_BYTES, floatStorage, requireFinite } from "./storedFloats.js";

/** Bytes that are decoded or hashed at a time. */
const CHUNK = 4 * 1024 * 1024;
/** No tensor of a model that runs here has more elements. */
const MAX_ELEMENTS = 2 ** 31;

/** One safetensors file, read tensor by tensor: what is in memory is what was asked for, once. */
export class TensorFile {
  private constructor(
    private readonly source: ByteSource,
    readonly entries: ReadonlyMap<string, TensorEntry>,
    /** Bytes before the first tensor. */
    private readonly start: number,
  ) {}

  /**
   * Reads the header. The source is closed when that fails, else by `close`.
   *
   * @throws ModelError `weights_malformed`
   */
  static async open(source: ByteSource): Promise<TensorFile> {
    try {
      const length = new Uint8Array(Math.min(LENGTH_BYTES, source.size));
      await source.read(length, 0);
      const header = new Uint8Array(headerLength(length, source.size, source.name));
      await source.read(header, LENGTH_BYTES);
      const start = LENGTH_BYTES + header.byteLength;
      return new TensorFile(source, parseHeader(header, source.size - start, source.name), start);
    } catch (error) {
      await source.close();
      throw error;
    }
  }

  /** Names the file in errors. */
  get name(): string {
    return this.source.name;
  }

  /**
   * A tensor of the file as fp32.
   *
   * @throws ModelError `weights_malformed` when it is of another type than F32, F16 and BF16, or not finite
   */
  async read(tensor: string): Promise<Float32Array> {
    const entry = this.entries.get(tensor)!;
    const storage = floatStorage(tensor, entry, this.name);
    const size = (entry.end - entry.begin) / FLOAT_BYTES[storage];
    if (size > MAX_ELEMENTS) throw malformed(this.name, `tensor ${tensor} has ${size} elements`);
    const out = new Float32Array(size);
    const from = this.start + entry.begin;
    if (storage === "F32") await this.source.read(new Uint8Array(out.buffer), from);
    else {
      const chunk = new Uint8Array(Math.min(CHUNK, entry.end - entry.begin));
      for (let at = 0; at < size; at += chunk.byteLength / 2) {
        const part = chunk.subarray(0, Math.min(chunk.byteLength, 2 * (size - at)));
        await this.source.read(part, from + 2 * at);
        decodeFloats(part, storage, out, at);
      }
    }
    requireFinite(tensor, out, this.name);
    return out;
  }

  /** Hash of the whole file, 64 hexadecimal digits. */
  async sha256(): Promise<string> {
    const { source } = this;
    const hash = createHash("sha256");
    const chunk = new Uint8Array(Math.min(CHUNK, source.size));
    for (let at = 0; at < source.size; at += chunk.byteLength) {
      const part = chunk.subarray(0, Math.min(chunk.byteLength, source.size - at));
      await source.read(part, at);
      hash.update(part);
    }
    return hash.digest("hex");
  }

  close(): Promise<void> {
    return this.source.close();
  }
}
