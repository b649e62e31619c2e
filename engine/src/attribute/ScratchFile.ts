import { closeSync, mkdirSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { AttributionError } from "./errors.js";

/** Closes files that nobody has any more. */
const forgotten = new FinalizationRegistry<number>((descriptor) => closeSync(descriptor));

/**
 * A file of this process alone. Its name is gone as soon as it is open, and the folder that it was made in: nobody else can read
 * it or find it left over, since the system takes its space back when the process ends, however that ends.
 */
export class ScratchFile {
  #descriptor: number;
  #length = 0;

  /** @param folder Made if there is none. @throws whatever keeps the system from making a file in it */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    const made = mkdtempSync(join(folder, "openledger-scratch-"));
    try {
      this.#descriptor = openSync(join(made, "scratch"), "wx+", 0o600);
    } finally {
      rmSync(made, { recursive: true, force: true });
    }
    forgotten.register(this, this.#descriptor, this);
  }

  /** Bytes that were appended. */
  get byteLength(): number {
    return this.#length;
  }

  /** Puts bytes behind the others. What a full disk cuts short does not count, and the next is written over it. */
  append(bytes: Uint8Array): void {
    this.#requireOpen();
    for (let done = 0; done < bytes.length; ) {
      done += writeSync(this.#descriptor, bytes, done, bytes.length - done, this.#length + done);
    }
    this.#length += bytes.length;
  }

  /** Fills `into` from byte `at` on; what is asked for was appended. */
  read(at: number, into: Uint8Array): void {
    this.#requireOpen();
    for (let done = 0; done < into.length; ) {
      const count = readSync(this.#descriptor, into, done, into.length - done, at + done);
      if (count === 0) throw new AttributionError("search_failed", `a scratch file ends at byte ${at + done}`);
      done += count;
    }
  }

  /** Gives its space back; nothing can be read afterwards. */
  close(): void {
    if (this.#descriptor < 0) return;
    forgotten.unregister(this);
    closeSync(this.#descriptor);
    // the system gives the number to the next file
    this.#descriptor = -1;
  }

  #requireOpen(): void {
    if (this.#descriptor < 0)
      throw new AttributionError("search_failed", "a scratch file was used after it was closed");
  }
}
