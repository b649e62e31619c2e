import { ATTRIBUTION_CONTEXT, CODE_BYTES, MAX_SURPRISE, type PositionCodes } from "../codes.js";
import { AttributionError } from "../errors.js";
import { ColumnReader, ReadOnlyFile } from "./ReadOnlyFile.js";
import { SegmentLayout, type SegmentSizes, TOKEN_BYTES } from "./SegmentLayout.js";

/** Marks that are read together where one is looked for: 1 KiB. */
const WINDOW = 256;

/** Marks that are read as fast as a few by themselves: where hits lie closer, all from the first to the last are read. */
const WORTH = 1024;

/** A posting without its code. */
export interface Mark {
  /** By its place in the segment. */
  readonly record: number;
  readonly position: number;
  readonly surprise: number;
}

/**
 * One run of an index's records as a file: by token, what is looked through, and the tokens of each record in order. Read where
 * it is asked for; the tokens that occur, and where their postings begin, are in memory.
 */
export class KernelSegment {
  readonly sizes: SegmentSizes;
  /** Tokens that occur, ascending. */
  readonly targets: Uint32Array;
  readonly #offsets: Uint32Array;
  readonly #layout: SegmentLayout;
  readonly #word = new Uint32Array(2);
  readonly #wordBytes = new Uint8Array(this.#word.buffer);
  readonly #firstWord = this.#wordBytes.subarray(0, 4);

  private constructor(
    private readonly file: ReadOnlyFile,
    /** Place of its first record in the index. */
    readonly firstRecord: number,
  ) {
    const header = new Uint8Array(SegmentLayout.headerBytes);
    file.read(0, header);
    this.#layout = SegmentLayout.parse(header, file.path);
    this.sizes = this.#layout.sizes;
    if (file.byteLength !== this.#layout.byteLength) {
      throw this.#malformed(`${this.#layout.byteLength} bytes`, file.byteLength);
    }
    this.targets = this.#numbers(this.#layout.targetsAt, this.sizes.targets);
    this.#offsets = this.#numbers(this.#layout.offsetsAt, this.sizes.targets + 1);
    this.#check();
  }

  /** @throws AttributionError `index_malformed` */
  static open(path: string, firstRecord: number): KernelSegment {
    const file = new ReadOnlyFile(path);
    try {
      return new KernelSegment(file, firstRecord);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  close(): void {
    this.file.close();
  }

  /** Place of a token among `targets`, or −1. */
  place(token: number): number {
    let [low, high] = [0, this.targets.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.targets[middle]! < token) low = middle + 1;
      else high = middle;
    }
    return this.targets[low] === token ? low : -1;
  }

  /** The first posting of a token, by its place. */
  begin(place: number): number {
    return this.#offsets[place]!;
  }

  sizeOf(place: number): number {
    return this.#offsets[place + 1]! - this.#offsets[place]!;
  }

  /** Codes of postings from one on. @param into a multiple of 16 bytes */
  readCodes(posting: number, into: Uint8Array): void {
    this.file.read(this.#layout.codesAt + posting * CODE_BYTES, into);
  }

  mark(posting: number): Mark {
    return this.markOf(this.#markAt(posting));
  }

  #markAt(posting: number): number {
    this.file.read(this.#layout.marksAt + 4 * posting, this.#firstWord);
    return this.#word[0]!;
  }

  /**
   * Words of postings' marks, for `markOf`.
   *
   * @param first posting that hits are counted from
   * @param hits as `CodeScanner.near` tells them
   */
  marksOf(first: number, hits: Uint32Array): Uint32Array {
    const words = new Uint32Array(hits.length);
    const [from, to] = [hits[0]! >>> 8, hits.at(-1)! >>> 8];
    if (to - from < WORTH * (hits.length - 1)) {
      const marks = this.#numbers(this.#layout.marksAt + 4 * (first + from), to - from + 1);
      for (const [k, hit] of hits.entries()) words[k] = marks[(hit >>> 8) - from]!;
    } else {
      for (const [k, hit] of hits.entries()) words[k] = this.#markAt(first + (hit >>> 8));
    }
    return words;
  }

  /** @throws AttributionError `index_malformed` for a mark of no record or no surprise */
  markOf(word: number): Mark {
    const mark = { record: word >>> 16, position: (word >>> 8) & 0xff, surprise: word & 0xff };
    if (mark.record < this.sizes.records && mark.surprise <= MAX_SURPRISE) return mark;
    throw this.#malformed(
      `records below ${this.sizes.records} and surprises of 7 bits`,
      `${mark.record}, ${mark.surprise}`,
    );
  }

  /** Postings in order, of which each is read once. */
  columns(): { readonly codes: ColumnReader; readonly marks: ColumnReader } {
    const { codesAt, marksAt, targetsAt } = this.#layout;
    return {
      codes: new ColumnReader(this.file, codesAt, marksAt, CODE_BYTES),
      marks: new ColumnReader(this.file, marksAt, targetsAt, 4),
    };
  }

  /** Tokens of a record, by its place in the segment. */
  ids(record: number): Uint32Array {
    const { from, to } = this.#span(record);
    const bytes = new Uint8Array(TOKEN_BYTES * (to - from));
    this.file.read(this.#layout.tokensAt + TOKEN_BYTES * from, bytes);
    return tokensOf(bytes);
  }

  row(record: number): PositionCodes {
    const ids = this.ids(record);
    const surprises = new Uint8Array(ids.length);
    const codes = new Uint8Array(ids.length * CODE_BYTES);
    for (const [position, token] of ids.entries()) {
      const posting = this.#find(token, record, position);
      surprises[position] = this.mark(posting).surprise;
      this.readCodes(posting, codes.subarray(position * CODE_BYTES, (position + 1) * CODE_BYTES));
    }
    return { ids, surprises, codes };
  }

  /**
   * All records, read in one go: 25 bytes of memory a position.
   *
   * @throws AttributionError `index_malformed` unless lists and records hold the same positions, each list in order
   */
  rows(): PositionCodes[] {
    const { positions, records } = this.sizes;
    const ends = this.#numbers(this.#layout.endsAt, records);
    this.#checkEnds(ends);
    const bytes = new Uint8Array(TOKEN_BYTES * positions);
    this.file.read(this.#layout.tokensAt, bytes);
    const [ids, surprises, codes] = [
      tokensOf(bytes),
      new Uint8Array(positions),
      new Uint8Array(CODE_BYTES * positions),
    ];
    const columns = this.columns();
    for (const [place, target] of this.targets.entries()) {
      let before = -1;
      for (let left = this.sizeOf(place); left > 0; left--) {
        const word = wordOf(columns.marks.next());
        const { record, position, surprise } = this.markOf(word);
        const at = (ends[record - 1] ?? 0) + position;
        // a list's places ascend and each is its token's: no two postings have one place, and none is left
        if (word >>> 8 <= before)
          throw this.#malformed(`ascending places of token ${target}`, `${record}, ${position}`);
        if (at >= ends[record]! || ids[at] !== target) {
          throw this.#malformed(`token ${target} at position ${position} of record ${record}`, ids[at]);
        }
        before = word >>> 8;
        surprises[at] = surprise;
        codes.set(columns.codes.next(), at * CODE_BYTES);
      }
    }
    return Array.from(ends, (end, record) => {
      const from = ends[record - 1] ?? 0;
      return {
        ids: ids.subarray(from, end),
        surprises: surprises.subarray(from, end),
        codes: codes.subarray(from * CODE_BYTES, end * CODE_BYTES),
      };
    });
  }

  /** Where a token's posting of this record and position stands. */
  #find(token: number, record: number, position: number): number {
    const wanted = record * 2 ** 8 + position;
    const place = this.place(token);
    let [low, high] = place < 0 ? [0, 0] : [this.begin(place), this.begin(place) + this.sizeOf(place)];
    // records lie about evenly in a list
    let middle = low + Math.floor(((high - low) * record) / this.sizes.records);
    while (low < high) {
      const from = Math.max(low, Math.min(middle, high) - WINDOW / 2);
      const marks = this.#numbers(this.#layout.marksAt + 4 * from, Math.min(WINDOW, high - from));
      const at = marks.findIndex((mark) => mark >>> 8 >= wanted);
      if (at >= 0 && marks[at]! >>> 8 === wanted) return from + at;
      if (at > 0) break;
      if (at === 0) high = from;
      else low = from + marks.length;
      middle = Math.floor((low + high) / 2);
    }
    throw this.#malformed(`a posting of token ${token} for position ${position} of record ${record}`, "none");
  }

  #span(record: number): { readonly from: number; readonly to: number } {
    const first = Math.max(0, record - 1);
    this.file.read(this.#layout.endsAt + 4 * first, this.#wordBytes.subarray(0, record === 0 ? 4 : 8));
    const [from, to] = record === 0 ? [0, this.#word[0]!] : [this.#word[0]!, this.#word[1]!];
    if (from <= to && to <= this.sizes.positions && to - from <= ATTRIBUTION_CONTEXT) return { from, to };
    throw this.#malformed(`a record of at most ${ATTRIBUTION_CONTEXT} positions`, `${from} to ${to}`);
  }

  #numbers(at: number, count: number): Uint32Array {
    const numbers = new Uint32Array(count);
    this.file.read(at, new Uint8Array(numbers.buffer));
    return numbers;
  }

  #checkEnds(ends: Uint32Array): void {
    const wrong = ends.findIndex((end, record) => {
      const length = end - (ends[record - 1] ?? 0);
      return length < 0 || length > ATTRIBUTION_CONTEXT;
    });
    if (wrong >= 0)
      throw this.#malformed(`record ${wrong} to have at most ${ATTRIBUTION_CONTEXT} positions`, ends[wrong]);
    if ((ends.at(-1) ?? 0) !== this.sizes.positions)
      throw this.#malformed(`${this.sizes.positions} positions`, ends.at(-1));
  }

  #check(): void {
    const ascends = (numbers: Uint32Array) => numbers.every((n, i) => i === 0 || n > numbers[i - 1]!);
    if (!ascends(this.targets)) throw this.#malformed("ascending tokens", "others");
    const first = this.#offsets[0];
    const last = this.#offsets.at(-1);
    if (!ascends(this.#offsets) || first !== 0 || last !== this.sizes.positions) {
      throw this.#malformed(`lists from 0 to ${this.sizes.positions}`, `${first} to ${last}`);
    }
  }

  #malformed(wanted: string, found: unknown): AttributionError {
    return new AttributionError(
      "index_malformed",
      `segment ${this.file.path}: expected ${wanted}, found ${found}; build the index again`,
    );
  }
}

/** A number that a column gives. */
export function wordOf(bytes: Uint8Array): number {
  return (bytes[0]! | (bytes[1]! << 8) | (bytes[2]! << 16) | (bytes[3]! << 24)) >>> 0;
}

function tokensOf(bytes: Uint8Array): Uint32Array {
  return Uint32Array.from({ length: bytes.length / TOKEN_BYTES }, (_, i) => {
    const at = TOKEN_BYTES * i;
    return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
  });
}
