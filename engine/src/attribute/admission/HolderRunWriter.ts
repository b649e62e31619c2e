import { grown } from "../grown.js";
import { ScratchFile } from "../ScratchFile.js";
import { HolderRun, RUN_BLOCK } from "./HolderRun.js";
import { MAX_HOLDERS } from "./HolderTable.js";

/** Entries that are written at once. */
const CHUNK = 2 ** 15;

/** Writes a run, entry by entry in its order; of a hash's entries the first 64. */
export class HolderRunWriter {
  readonly #file: ScratchFile;
  readonly #chunk = new Uint32Array(2 * CHUNK);
  #held = 0;
  #count = 0;
  #firstHashes = new Uint32Array(64);
  #lastHash = -1;
  #ofLastHash = 0;

  constructor(folder: string) {
    this.#file = new ScratchFile(folder);
  }

  put(record: number, hash: number): void {
    this.#ofLastHash = hash === this.#lastHash ? this.#ofLastHash + 1 : 1;
    this.#lastHash = hash;
    if (this.#ofLastHash > MAX_HOLDERS) return;
    if (this.#count % RUN_BLOCK === 0) {
      const block = this.#count / RUN_BLOCK;
      this.#firstHashes = grown(this.#firstHashes, block + 1);
      this.#firstHashes[block] = hash;
    }
    this.#count++;
    this.#chunk[2 * this.#held] = record;
    this.#chunk[2 * this.#held + 1] = hash;
    if (++this.#held === CHUNK) this.#flush();
  }

  /** The run; nothing is put in afterwards. */
  done(): HolderRun {
    this.#flush();
    return new HolderRun(this.#file, this.#firstHashes.slice(0, Math.ceil(this.#count / RUN_BLOCK)));
  }

  /** Leaves nothing of what was written. */
  abandon(): void {
    this.#file.close();
  }

  #flush(): void {
    this.#file.append(new Uint8Array(this.#chunk.buffer, 0, 8 * this.#held));
    this.#held = 0;
  }
}
