import { CopySearch, MAX_RECORD_BYTES } from "../admission/CopySearch.js";
import { AttributionError } from "../errors.js";

/** What an index takes of a record. */
export interface IndexedRecord {
  /** None where the record is a copy. */
  readonly ids: readonly number[];
  /** The earlier record that the text is a copy of, by its place in the version; see `CopySearch`. */
  readonly copyOf?: number;
}

/**
 * What the index of a version takes of its records: a copy of an earlier one has no position in it. Equal texts would share what
 * they are credited evenly, so that copying would pay; here a record and all that was copied of it are credited once, through the
 * first that was committed.
 *
 * @param texts In the version's order
 * @throws AttributionError `record_too_long`
 */
export function indexedRecords(
  texts: readonly string[],
  tokenizer: { encode(text: string): readonly number[] },
): IndexedRecord[] {
  const encoder = new TextEncoder();
  const search = new CopySearch();
  return texts.map((text, record) => {
    const bytes = encoder.encode(text);
    if (bytes.length > MAX_RECORD_BYTES) {
      throw new AttributionError(
        "record_too_long",
        `record ${record} has ${bytes.length} bytes, at most ${MAX_RECORD_BYTES} can be indexed; split it`,
      );
    }
    const copy = search.find(bytes);
    search.add(bytes);
    return copy === undefined ? { ids: tokenizer.encode(text) } : { ids: [], copyOf: copy.record };
  });
}
