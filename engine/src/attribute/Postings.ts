import { CODE_BYTES, codeWords, type PositionCodes } from "./codes.js";

/**
 * The positions of all records by the token that stands there, ascending in (token, record, position).
 *
 * A posting is its place p in that order; `begin(y)` to `end(y)` are the postings of token y.
 */
export class Postings {
  readonly count: number;
  /** `[count]` each. */
  readonly record: Uint32Array;
  readonly position: Uint16Array;
  readonly surprise: Uint8Array;
  /** `[count, 16]` */
  readonly codes: Uint8Array;
  /** `[count, 4]`, see `codeWords`. */
  readonly words: Uint32Array;
  /** Tokens that occur, ascending. */
  readonly targets: Uint32Array;
  private readonly offsets: Uint32Array;
  private readonly placeOf = new Map<number, number>();

  constructor(rows: readonly PositionCodes[]) {
    const counts = new Map<number, number>();
    let count = 0;
    for (const row of rows) {
      for (const id of row.ids) counts.set(id, (counts.get(id) ?? 0) + 1);
      count += row.ids.length;
    }
    this.count = count;
    this.targets = Uint32Array.from(counts.keys()).sort();
    this.offsets = new Uint32Array(this.targets.length + 1);
    this.targets.forEach((target, place) => {
      this.placeOf.set(target, place);
      this.offsets[place + 1] = this.offsets[place]! + counts.get(target)!;
    });

    this.record = new Uint32Array(count);
    this.position = new Uint16Array(count);
    this.surprise = new Uint8Array(count);
    this.codes = new Uint8Array(count * CODE_BYTES);
    const next = this.offsets.slice();
    rows.forEach((row, record) => {
      row.ids.forEach((id, position) => {
        const p = next[this.placeOf.get(id)!]!++;
        this.record[p] = record;
        this.position[p] = position;
        this.surprise[p] = row.surprises[position]!;
        this.codes.set(row.codes.subarray(position * CODE_BYTES, (position + 1) * CODE_BYTES), p * CODE_BYTES);
      });
    });
    this.words = codeWords(this.codes);
  }

  /** Place of a token among `targets`, or −1 when no record has it. */
  place(token: number): number {
    return this.placeOf.get(token) ?? -1;
  }

  begin(place: number): number {
    return this.offsets[place]!;
  }

  end(place: number): number {
    return this.offsets[place + 1]!;
  }
}
