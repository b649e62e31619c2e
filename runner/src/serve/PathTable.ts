import { type HeldContribution, isErased } from "@openledger/sdk";

/** Where the records of one contribution's file come from: their paths as UTF-8 one behind another, and four bytes each. */
export class PathTable {
  /** @param starts `[records + 1]`: where each path begins, and the end. */
  private constructor(
    private readonly starts: Uint32Array,
    private readonly text: Uint8Array,
  ) {}

  /** Empty paths for records that were erased. */
  static of({ records }: Pick<HeldContribution, "records">): PathTable {
    const paths = records.map((record) => (isErased(record) ? "" : record.path));
    const starts = new Uint32Array(paths.length + 1);
    for (const [i, path] of paths.entries()) starts[i + 1] = starts[i]! + Buffer.byteLength(path);
    const text = new Uint8Array(starts[paths.length]!);
    for (const [i, path] of paths.entries()) Buffer.from(text.buffer, starts[i]!).write(path);
    return new PathTable(starts, text);
  }

  /** @param bytes What `encode` made. */
  static decode(bytes: Uint8Array): PathTable {
    // copied: numbers are read only where their place in memory is a multiple of four
    const part = (from: number, to?: number) => new Uint8Array(bytes.subarray(from, to));
    const [records] = new Uint32Array(part(0, 4).buffer);
    const end = 4 + 4 * (records! + 1);
    return new PathTable(new Uint32Array(part(4, end).buffer), part(end));
  }

  /** `records ‖ starts ‖ text`, numbers of four bytes in the order of this machine, which alone reads it. */
  encode(): Uint8Array {
    const numbers = Uint32Array.of(this.starts.length - 1);
    return Buffer.concat([new Uint8Array(numbers.buffer), new Uint8Array(this.starts.buffer), this.text]);
  }

  get byteLength(): number {
    return this.starts.byteLength + this.text.byteLength;
  }

  /** Of a record by its index in the file. */
  at(index: number): string {
    return Buffer.from(this.text.subarray(this.starts[index], this.starts[index + 1])).toString("utf8");
  }
}
