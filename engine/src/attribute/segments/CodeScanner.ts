import { type WasmMemory, wasm } from "../../exact/step/webAssembly.js";
import { CODE_BITS, CODE_BYTES } from "../codes.js";
import { CODE_MODULE_BYTES } from "./codeBytes.js";

/** Codes looked at in one piece, 256 KiB: what has just been read is still near when it is compared. */
const CHUNK = 2 ** 14;
const PAGE = 2 ** 16;
/** The compiler's own data lie below. */
const QUERY_AT = 1024;
const HISTOGRAM_AT = QUERY_AT + CODE_BYTES;
const FOUND_AT = 2048;
const CODES_AT = FOUND_AT + 4 * CHUNK;

interface CodeModule {
  nearCodes(codes: number, n: number, query: number, reach: number, out: number): number;
  countDistances(codes: number, n: number, query: number, histogram: number): void;
}

/** Fills `into` with the codes from the one numbered `first` on. */
export type ReadCodes = (first: number, into: Uint8Array) => void;

/**
 * Looks through codes that lie elsewhere, four at a time: they are read into memory of its own, piece by piece, which bounds
 * what a list of any length takes.
 */
export class CodeScanner {
  readonly #module: CodeModule;
  readonly #words: Uint32Array;
  readonly #codes: Uint8Array;

  constructor() {
    const memory: WasmMemory = new wasm.Memory({
      initial: Math.ceil((CODES_AT + CHUNK * CODE_BYTES) / PAGE),
      maximum: 65_536,
    });
    const module = new wasm.Module(Uint8Array.from(atob(CODE_MODULE_BYTES), (c) => c.charCodeAt(0)));
    this.#module = new wasm.Instance(module, { env: { memory } }).exports as CodeModule;
    this.#words = new Uint32Array(memory.buffer);
    this.#codes = new Uint8Array(memory.buffer, CODES_AT, CHUNK * CODE_BYTES);
  }

  /**
   * Tells which of `count` codes differ from one in at most `reach` bits, ascending, piece by piece.
   *
   * @param words Codes as `codeWords` makes them, the one asked about at `at`
   * @param found gets the number of a piece's first code, and, good until it returns, for each near one its place in the piece
   * times 256 and in how many bits it differs
   */
  near(
    count: number,
    read: ReadCodes,
    query: { readonly words: Uint32Array; readonly at: number; readonly reach: number },
    found: (first: number, hits: Uint32Array) => void,
  ): void {
    if (query.reach < 0) return;
    this.#setQuery(query.words, query.at);
    for (let first = 0; first < count; first += CHUNK) {
      const n = this.#load(first, count, read);
      const near = this.#module.nearCodes(CODES_AT, n, QUERY_AT, query.reach, FOUND_AT);
      if (near > 0) found(first, this.#words.subarray(FOUND_AT / 4, FOUND_AT / 4 + near));
    }
  }

  /** As `TokenLists.countDistances`, of `count` codes. */
  countDistances(count: number, read: ReadCodes, words: Uint32Array, histogram: Float64Array): void {
    const counts = this.#words.subarray(HISTOGRAM_AT / 4, HISTOGRAM_AT / 4 + CODE_BITS + 1);
    for (let first = 0; first < count; first += CHUNK) {
      const n = this.#load(first, count, read);
      for (let at = 0; at < words.length; at += 4) {
        counts.fill(0);
        this.#setQuery(words, at);
        this.#module.countDistances(CODES_AT, n, QUERY_AT, HISTOGRAM_AT);
        for (let distance = 0; distance <= CODE_BITS; distance++) histogram[distance]! += counts[distance]!;
      }
    }
  }

  #setQuery(words: Uint32Array, at: number): void {
    this.#words.set(words.subarray(at, at + 4), QUERY_AT / 4);
  }

  #load(first: number, count: number, read: ReadCodes): number {
    const n = Math.min(CHUNK, count - first);
    read(first, this.#codes.subarray(0, n * CODE_BYTES));
    return n;
  }
}
