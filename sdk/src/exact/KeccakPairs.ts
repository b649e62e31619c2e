import { keccakModule } from "./keccakModule.js";

const RATE = 136;
/** Most blocks of a message that is hashed in one piece. */
const MOST_BLOCKS = 61;
const CONSTANT_BYTES = 192;
const DIGESTS = CONSTANT_BYTES;
const SLOTS = DIGESTS + 64;
/** The partner of a waiting message; behind all slots. */
const PARTNER = slotOf(MOST_BLOCKS + 1);

/** `hash` of `keccakModule`. */
type HashPair = (a: number, b: number, blocks: number, out: number) => void;

/** Most bytes of a message. */
export const PAIRED_BYTES = MOST_BLOCKS * RATE - 1;

/**
 * Hashes messages two at a time: one waits until another of as many blocks comes, or until it is flushed. A message is at most
 * `PAIRED_BYTES` long.
 */
export class KeccakPairs {
  readonly #memory: Uint8Array;
  readonly #hash: HashPair;
  /** Where the digest of the waiting message of so many blocks goes; nothing waits where there is no array. */
  readonly #waiting: (Uint8Array | undefined)[] = new Array(MOST_BLOCKS + 1);
  readonly #waitingAt = new Uint32Array(MOST_BLOCKS + 1);
  #count = 0;

  private constructor({ memory, hash }: WebAssembly.Exports) {
    this.#memory = new Uint8Array((memory as WebAssembly.Memory).buffer);
    this.#hash = hash as HashPair;
  }

  /** Undefined where the machine has no vectors. */
  static async load(): Promise<KeccakPairs | undefined> {
    const bytes = keccakModule();
    if (!WebAssembly.validate(bytes)) return undefined;
    const { instance } = await WebAssembly.instantiate(bytes);
    return new KeccakPairs(instance.exports);
  }

  /** Digest of the parts in a row into `digests` from byte `at` on, now. */
  hash(parts: readonly Uint8Array[], digests: Uint8Array, at: number): void {
    const blocks = this.#write(PARTNER, parts);
    this.#hash(PARTNER, PARTNER, blocks, DIGESTS);
    this.#take(0, digests, at);
  }

  /** As `hash`, at the latest when it is flushed. */
  add(parts: readonly Uint8Array[], digests: Uint8Array, at: number): void {
    let length = 0;
    for (const part of parts) length += part.length;
    const blocks = Math.floor(length / RATE) + 1;
    const waiting = this.#waiting[blocks];
    if (waiting === undefined) {
      this.#write(slotOf(blocks), parts);
      this.#waiting[blocks] = digests;
      this.#waitingAt[blocks] = at;
      this.#count++;
      return;
    }
    this.#write(PARTNER, parts);
    this.#hash(slotOf(blocks), PARTNER, blocks, DIGESTS);
    this.#take(0, waiting, this.#waitingAt[blocks]!);
    this.#take(1, digests, at);
    this.#waiting[blocks] = undefined;
    this.#count--;
  }

  flush(): void {
    for (let blocks = 1; this.#count > 0; blocks++) {
      const waiting = this.#waiting[blocks];
      if (waiting === undefined) continue;
      this.#hash(slotOf(blocks), slotOf(blocks), blocks, DIGESTS);
      this.#take(0, waiting, this.#waitingAt[blocks]!);
      this.#waiting[blocks] = undefined;
      this.#count--;
    }
  }

  /** Writes a message with the original padding, 0x01 … 0x80. @returns its blocks */
  #write(slot: number, parts: readonly Uint8Array[]): number {
    let at = slot;
    for (const part of parts) {
      this.#memory.set(part, at);
      at += part.length;
    }
    const blocks = Math.floor((at - slot) / RATE) + 1;
    const end = slot + blocks * RATE;
    this.#memory.fill(0, at, end);
    this.#memory[at] = 0x01;
    this.#memory[end - 1]! |= 0x80;
    return blocks;
  }

  #take(which: 0 | 1, digests: Uint8Array, at: number): void {
    const from = DIGESTS + 32 * which;
    for (let i = 0; i < 32; i++) digests[at + i] = this.#memory[from + i]!;
  }
}

/** A slot for each number of blocks, one behind the other. */
function slotOf(blocks: number): number {
  return SLOTS + (RATE * blocks * (blocks - 1)) / 2;
}
