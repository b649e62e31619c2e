import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { AttributionError } from "../errors.js";

/** Closes files that nobody has any more. */
const forgotten = new FinalizationRegistry<number>((descriptor) => closeSync(descriptor));

/** A file that is read at any place, at once: the kernel of the system keeps what is read often. */
export class ReadOnlyFile {
  readonly byteLength: number;
  #descriptor: number;

  /** @throws AttributionError `index_malformed` when there is none; whatever else keeps the system from opening it */
  constructor(readonly path: string) {
    try {
      this.#descriptor = openSync(path, "r");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      throw new AttributionError("index_malformed", `${path} is missing; build the index again`, { cause: error });
    }
    forgotten.register(this, this.#descriptor, this);
    this.byteLength = fstatSync(this.#descriptor).size;
  }

  /** Fills `into` from byte `at` on. @throws AttributionError `index_malformed` when the file ends before */
  read(at: number, into: Uint8Array): void {
    let done = 0;
    while (done < into.length) {
      const count = readSync(this.#descriptor, into, done, into.length - done, at + done);
      if (count === 0) {
        throw new AttributionError(
          "index_malformed",
          `${this.path}: expected ${at + into.length} bytes, found ${at + done}; build the index again`,
        );
      }
      done += count;
    }
  }

  /** Nothing can be read afterwards. A file that is never closed is closed once nobody has it. */
  close(): void {
    if (this.#descriptor < 0) return;
    forgotten.unregister(this);
    closeSync(this.#descriptor);
    // the system gives the number to the next file
    this.#descriptor = -1;
  }
}

/** Reads a column of a file from its begin to its end. */
export class ColumnReader {
  readonly #chunk: Uint8Array;
  #held = 0;
  #taken = 0;

  /** @param size Bytes of an entry, at most 2^16 */
  constructor(
    private readonly file: ReadOnlyFile,
    private at: number,
    private readonly end: number,
    private readonly size: number,
  ) {
    const most = size * Math.floor(2 ** 16 / size);
    this.#chunk = new Uint8Array(Math.min(most, Math.max(0, end - at)));
  }

  /** The next entry, good until the one after it is asked for. */
  next(): Uint8Array {
    if (this.#taken === this.#held) {
      this.#held = Math.min(this.#chunk.length, this.end - this.at);
      this.file.read(this.at, this.#chunk.subarray(0, this.#held));
      this.at += this.#held;
      this.#taken = 0;
    }
    this.#taken += this.size;
    return this.#chunk.subarray(this.#taken - this.size, this.#taken);
  }
}
