import { CopySearch, MAX_RECORD_BYTES, type MemoryOptions } from "../admission/CopySearch.js";
import { ATTRIBUTION_CONTEXT } from "../codes.js";
import { grown } from "../grown.js";

export interface RecordTokenizer {
  encode(text: string): readonly number[];
}

/** What an index takes of a record. */
export interface IndexedRecord {
  /** None where the record is a copy, or too long for the base. */
  readonly ids: readonly number[];
  /** The earlier record that the text is a copy of, by its place in the version; see `CopySearch`. */
  readonly copyOf?: number;
}

const encoder = new TextEncoder();

/** Tokens that an index takes of a text unless it is a copy; undefined for one of more than 8 KiB or 256 tokens. */
export function indexedTokens(text: string, tokenizer: RecordTokenizer): readonly number[] | undefined {
  if (Buffer.byteLength(text) > MAX_RECORD_BYTES) return undefined;
  const ids = tokenizer.encode(text);
  return ids.length > ATTRIBUTION_CONTEXT ? undefined : ids;
}

/**
 * What the index of a version takes of its records: a copy of an earlier one has no position in it. Equal texts would share what
 * they are credited evenly, so that copying would pay; here a record and all that was copied of it are credited once, through the
 * first that was committed. A copy takes nothing from others either: what it has of its own is nobody's.
 *
 * A record of more than 8 KiB or 256 tokens has no position: an owner who accepts one does not keep the rest from being indexed.
 *
 * @param texts In the version's order
 * @param committed The number of each text's contribution: which of two was first. Absent, their order.
 * @throws what the system says of a disk that is full
 */
export function indexedRecords(
  texts: readonly string[],
  tokenizer: RecordTokenizer,
  committed?: readonly bigint[],
): IndexedRecord[] {
  const intake = new IndexIntake(tokenizer);
  try {
    const records: IndexedRecord[] = new Array(texts.length);
    for (const place of byCommitment(texts.length, committed)) records[place] = intake.take(place, texts[place]!);
    return records;
  } finally {
    intake.close();
  }
}

/** As `indexedRecords`, record by record in the order in which they were committed: of many whose texts no memory holds at once. */
export class IndexIntake {
  readonly #search: CopySearch;
  /** The place of each record that was taken. */
  #originals = new Uint32Array(16);

  constructor(
    private readonly tokenizer: RecordTokenizer,
    options: MemoryOptions = {},
  ) {
    this.#search = new CopySearch(options);
  }

  /** @param place In the version. @throws what the system says of a disk that is full */
  take(place: number, text: string): IndexedRecord {
    const ids = indexedTokens(text, this.tokenizer);
    if (ids === undefined) return { ids: [] };
    const bytes = encoder.encode(text);
    const copy = this.#search.find(bytes);
    if (copy !== undefined) return { ids: [], copyOf: this.#originals[copy.record]! };
    this.#search.add(bytes);
    const { count } = this.#search;
    this.#originals = grown(this.#originals, count);
    this.#originals[count - 1] = place;
    return { ids };
  }

  /** Gives back what it has on disk; nothing is taken afterwards. */
  close(): void {
    this.#search.close();
  }
}

/** Places by the contribution's number, those of one contribution in their order. */
function byCommitment(count: number, committed: readonly bigint[] | undefined): number[] {
  const places = Array.from({ length: count }, (_, place) => place);
  if (committed === undefined) return places;
  return places.sort((a, b) => (committed[a] === committed[b] ? a - b : committed[a]! < committed[b]! ? -1 : 1));
}
