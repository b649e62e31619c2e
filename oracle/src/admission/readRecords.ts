import {
  type ContentClient,
  ContentErasedError,
  ContentUnavailableError,
  type Contribution,
  InvalidValueError,
  isErased,
  MalformedDocumentError,
} from "@openledger/sdk";
import { readContributionFile } from "../attribute/readContributionFile.js";
import { OracleError } from "../OracleError.js";

/**
 * A contribution's records, or why there are none: its file is not there, or is another than was committed.
 * Undefined stands for one that was erased since.
 */
export type ReadRecords =
  | { readonly kind: "read"; readonly records: readonly (Uint8Array | undefined)[]; readonly licence: string }
  | { readonly kind: "missing" | "false"; readonly found: string };

/**
 * Reads a contribution's records from the content store.
 *
 * @throws ContentUnavailableError where the store itself cannot be reached: that is nobody's fault who contributed
 * @throws ContentMismatchError
 */
export async function readRecords(
  content: Pick<ContentClient, "get">,
  { number: contribution, ...rest }: Contribution,
  signal: AbortSignal,
): Promise<ReadRecords> {
  try {
    const { records, licence } = await readContributionFile(content, { contribution, ...rest }, signal);
    const encoder = new TextEncoder();
    const texts = records.map((record) => (isErased(record) ? undefined : encoder.encode(record.text)));
    return { kind: "read", records: texts, licence };
  } catch (error) {
    // it never comes: nobody waits for it
    if (error instanceof ContentErasedError) return { kind: "false", found: error.message };
    // a store that answers says what it does not have; one that does not answer gives a cause
    if (error instanceof ContentUnavailableError && error.cause === undefined) {
      return { kind: "missing", found: error.message };
    }
    const isFalse = error instanceof MalformedDocumentError || error instanceof InvalidValueError;
    if (isFalse || (error instanceof OracleError && error.code === "content_mismatch")) {
      return { kind: "false", found: error.message };
    }
    throw error;
  }
}
