import { createKeccak, type IHasher } from "hash-wasm";
import { InvalidValueError } from "../errors/InvalidValueError.js";
import { KeccakPairs, PAIRED_BYTES } from "./KeccakPairs.js";

const DIGEST_BYTES = 32;

/** Where rows end in a run of bytes: all equally long, or `offsets[i]` to `offsets[i + 1]`, the last offset being the end. */
export type RowBounds = number | Uint32Array;

const loading = new Map<KeccakForm, Promise<Keccak>>();

/** `pairs`: two messages at a time where the machine has vectors of 128 bits. `single`: as where it has none. */
export type KeccakForm = "pairs" | "single";

/**
 * The thread's bulk keccak-256. WebAssembly compiles asynchronously in browsers, hence the promise; what it gives works
 * synchronously, in workers too, and some twenty times faster than viem's `keccak256`, which a few hashes still suit.
 */
export function loadKeccak(form: KeccakForm = "pairs"): Promise<Keccak> {
  let keccak = loading.get(form);
  if (keccak === undefined) {
    keccak = load(form);
    loading.set(form, keccak);
  }
  return keccak;
}

async function load(form: KeccakForm): Promise<Keccak> {
  return new Keccak(await createKeccak(256), form === "pairs" ? await KeccakPairs.load() : undefined);
}

/** Keccak-256 of many rows, with the original padding (0x01), as the EVM hashes. From `loadKeccak`. */
export class Keccak {
  readonly #single: IHasher;
  readonly #pairs: KeccakPairs | undefined;

  constructor(single: IHasher, pairs: KeccakPairs | undefined) {
    this.#single = single;
    this.#pairs = pairs;
  }

  /** Digest of the parts in a row, 32 bytes. */
  hash(...parts: readonly Uint8Array[]): Uint8Array {
    let length = 0;
    for (const part of parts) length += part.length;
    if (this.#pairs === undefined || length > PAIRED_BYTES) return this.#hashSingle(parts);
    const digest = new Uint8Array(DIGEST_BYTES);
    this.#pairs.hash(parts, digest, 0);
    return digest;
  }

  /**
   * Digest of tag ‖ row into `digests`, from byte `at` on, at the latest by the next `flush`: two messages of as many blocks
   * are hashed together. Tag and row are read at once.
   */
  add(tag: Uint8Array, row: Uint8Array, digests: Uint8Array, at: number): void {
    const parts = [tag, row];
    if (this.#pairs === undefined || tag.length + row.length > PAIRED_BYTES) digests.set(this.#hashSingle(parts), at);
    else this.#pairs.add(parts, digests, at);
  }

  /** Hashes what still waits for a partner. */
  flush(): void {
    this.#pairs?.flush();
  }

  /** Digests of all rows, `[rows, 32]`. @throws InvalidValueError when the bounds do not fit the bytes. */
  rows(bytes: Uint8Array, bounds: RowBounds): Uint8Array {
    return this.taggedRows(new Uint8Array(0), bytes, bounds);
  }

  /**
   * Digests of tag ‖ row for all rows, `[rows, 32]`.
   * @param tags `[rows, n]` bytes for any n: the tag of each row in turn.
   * @throws InvalidValueError when the bounds do not fit the bytes or the tags do not fit the rows.
   */
  taggedRows(tags: Uint8Array, bytes: Uint8Array, bounds: RowBounds): Uint8Array {
    const count = countRows(bytes, bounds);
    const tagBytes = count === 0 ? 0 : tags.length / count;
    if (!Number.isInteger(tagBytes)) throw new InvalidValueError("tags", `a multiple of ${count} rows`, tags);

    const digests = new Uint8Array(DIGEST_BYTES * count);
    for (let row = 0; row < count; row++) {
      const start = typeof bounds === "number" ? row * bounds : bounds[row]!;
      const end = typeof bounds === "number" ? start + bounds : bounds[row + 1]!;
      const tag = tags.subarray(row * tagBytes, (row + 1) * tagBytes);
      this.add(tag, bytes.subarray(start, end), digests, DIGEST_BYTES * row);
    }
    this.flush();
    return digests;
  }

  #hashSingle(parts: readonly Uint8Array[]): Uint8Array {
    this.#single.init();
    for (const part of parts) this.#single.update(part);
    return this.#single.digest("binary");
  }
}

function countRows(bytes: Uint8Array, bounds: RowBounds): number {
  if (typeof bounds === "number") {
    const count = bytes.length / bounds;
    if (!Number.isInteger(count)) throw new InvalidValueError("bytes", `a multiple of rows of ${bounds}`, bytes);
    return count;
  }
  const ascending = bounds.every((offset, i) => i === 0 || offset >= bounds[i - 1]!);
  if (bounds.length === 0 || bounds[0] !== 0 || bounds[bounds.length - 1] !== bytes.length || !ascending) {
    throw new InvalidValueError("offsets", `ascending from 0 to ${bytes.length}`, bounds);
  }
  return bounds.length - 1;
}
