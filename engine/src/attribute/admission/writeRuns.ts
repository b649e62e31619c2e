/** Runs are written whole: one that a full disk cuts short is nowhere, and those that it would have been made of are as they were. */

import type { ScratchFile } from "../ScratchFile.js";
import { type HolderRun, RUN_ENTRY_BYTES } from "./HolderRun.js";
import { HolderRunWriter } from "./HolderRunWriter.js";

/** Entries that are read at once while runs are merged. */
const CHUNK = 2 ** 15;

/** @param entries As `HolderTable.sorted` gives them. @throws whatever the system cannot do */
export function writeRun(folder: string, entries: BigUint64Array): HolderRun {
  const halves = new Uint32Array(entries.buffer, entries.byteOffset, 2 * entries.length);
  return written(folder, (writer) => {
    for (let at = 0; at < halves.length; at += 2) writer.put(halves[at]!, halves[at + 1]!);
  });
}

/**
 * One run of the entries of two, which are left as they are.
 *
 * @param after Its records are above all of the other's
 * @throws whatever the system cannot do
 */
export function mergeRuns(folder: string, before: HolderRun, after: HolderRun): HolderRun {
  return written(folder, (writer) => {
    const [a, b] = [new EntryReader(before.file), new EntryReader(after.file)];
    while (!a.isDone || !b.isDone) {
      const from = b.isDone || (!a.isDone && a.hash <= b.hash) ? a : b;
      writer.put(from.record, from.hash);
      from.next();
    }
  });
}

function written(folder: string, put: (writer: HolderRunWriter) => void): HolderRun {
  const writer = new HolderRunWriter(folder);
  try {
    put(writer);
    return writer.done();
  } catch (error) {
    writer.abandon();
    throw error;
  }
}

/** A run's entries, one after the other. */
class EntryReader {
  record = 0;
  hash = 0;
  isDone = false;
  readonly #chunk = new Uint32Array(2 * CHUNK);
  #at = 0;
  #held = 0;
  #read = 0;

  constructor(private readonly file: ScratchFile) {
    this.next();
  }

  next(): void {
    if (this.#at === this.#held && !this.#fill()) {
      this.isDone = true;
      return;
    }
    this.record = this.#chunk[2 * this.#at]!;
    this.hash = this.#chunk[2 * this.#at + 1]!;
    this.#at++;
  }

  #fill(): boolean {
    const length = Math.min(this.#chunk.byteLength, this.file.byteLength - this.#read);
    this.file.read(this.#read, new Uint8Array(this.#chunk.buffer, 0, length));
    this.#read += length;
    this.#at = 0;
    this.#held = length / RUN_ENTRY_BYTES;
    return length > 0;
  }
}
