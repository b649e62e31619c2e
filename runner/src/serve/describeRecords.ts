import { excerpt, type AttributedRecord as SharedRecord, type VersionIndex } from "@openledger/engine";
import type { AttributedRecord } from "@openledger/sdk";
import type { VersionOrigins } from "./VersionOrigins.js";

/** A version whose records can be shown to people. */
export interface DescribedVersion {
  readonly datanet: bigint;
  readonly version: number;
  readonly index: VersionIndex;
  readonly origins: Pick<VersionOrigins, "of" | "isErased">;
}

/** An answer does not wait longer, for all versions together, for what it is paid without. */
const PATIENCE_MS = 3_000;

/**
 * Records that shaped an answer, with where they come from and the part that counted most: no text of one that was erased, and
 * see `VersionOrigins.of` for paths that are empty.
 *
 * @param signal Ends the wait for paths; after three seconds if not given
 * @returns In the order given
 * @throws Error for a record that is in none of the versions
 */
export async function describeRecords(
  versions: readonly DescribedVersion[],
  records: readonly SharedRecord[],
  tokenizer: { decode(ids: readonly number[]): string },
  signal = AbortSignal.timeout(PATIENCE_MS),
): Promise<readonly AttributedRecord[]> {
  const described = new Map<SharedRecord, AttributedRecord>();
  for (const from of versions) {
    const own = records.filter(({ datanet, version }) => datanet === from.datanet && version === from.version);
    const places = own.map(({ recordIndex }) => Number(recordIndex));
    const origins = await from.origins.of(places, signal);
    for (const record of own) {
      const { datanet, version, recordIndex, share, span } = record;
      const place = Number(recordIndex);
      // an index has what was erased until it is replaced: nobody is shown it
      const text = from.origins.isErased(place) ? "" : excerpt(tokenizer, from.index, recordIndex, span);
      described.set(record, { datanet, version, recordIndex, share, ...origins.get(place)!, excerpt: text });
    }
  }
  return records.map((record) => {
    const found = described.get(record);
    if (found !== undefined) return found;
    throw new Error(`No Datanet ${record.datanet} version ${record.version} among the model's.`);
  });
}
