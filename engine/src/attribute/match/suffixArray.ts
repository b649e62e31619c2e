import { type WasmMemory, type WasmModule, wasm } from "../../exact/step/webAssembly.js";
import { AttributionError } from "../errors.js";
import { SUFFIX_BYTES } from "./suffixBytes.js";

/** Most bytes of one text: 64 MiB, which take 7 times that while they are sorted. */
export const MAX_TEXT_BYTES = 2 ** 26;

const PAGE = 2 ** 16;
/** The compiler's own data lie below. */
const FIRST = 1024;

interface SuffixModule {
  suffixArray(text: number, n: number, order: number, room: number): void;
}

let compiled: WasmModule | undefined;

/**
 * Where each suffix of a text begins, by the order of their bytes; a suffix is less than one that it begins.
 *
 * @param text `[n]`, at most 64 MiB
 * @returns `[n]`, a permutation of 0 to n − 1
 * @throws AttributionError `invalid_request` when the text is longer
 */
export function suffixArray(text: Uint8Array): Uint32Array {
  const n = text.length;
  if (n > MAX_TEXT_BYTES) {
    throw new AttributionError("invalid_request", `a text of at most ${MAX_TEXT_BYTES} bytes is sorted, found ${n}`);
  }
  const order = FIRST + 4 * Math.ceil(n / 4);
  const room = order + 4 * n;
  const size = room + 4 * Math.max(256, n >> 1);
  const pages = Math.ceil(size / PAGE);
  const memory: WasmMemory = new wasm.Memory({ initial: pages, maximum: 65_536 });
  compiled ??= new wasm.Module(Uint8Array.from(atob(SUFFIX_BYTES), (c) => c.charCodeAt(0)));
  const { suffixArray: sort } = new wasm.Instance(compiled, { env: { memory } }).exports as SuffixModule;
  new Uint8Array(memory.buffer).set(text, FIRST);
  sort(FIRST, n, order, room);
  return new Uint32Array(memory.buffer, order, n).slice();
}
