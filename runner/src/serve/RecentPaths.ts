import type { Hex } from "viem";
import type { PathTable } from "./PathTable.js";

/** Paths of the files that were asked for last, by the files' SHA-256; of all no more than so many bytes. */
export class RecentPaths {
  /** The one that was asked for last is the last. */
  readonly #tables = new Map<Hex, PathTable>();
  #bytes = 0;

  /** @param limit bytes of paths, and of where they begin */
  constructor(private readonly limit: number) {}

  get(file: Hex): PathTable | undefined {
    const found = this.#tables.get(file);
    if (found === undefined) return undefined;
    this.#tables.delete(file);
    this.#tables.set(file, found);
    return found;
  }

  keep(file: Hex, table: PathTable): void {
    this.#forget(file);
    this.#tables.set(file, table);
    this.#bytes += table.byteLength;
    for (const oldest of this.#tables.keys()) {
      if (this.#bytes <= this.limit) return;
      this.#forget(oldest);
    }
  }

  #forget(file: Hex): void {
    this.#bytes -= this.#tables.get(file)?.byteLength ?? 0;
    this.#tables.delete(file);
  }
}
