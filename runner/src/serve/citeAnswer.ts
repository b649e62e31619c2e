import type { MatchSpan, SearchedRecords } from "@openledger/engine";
import type { Citation, RecordOrigin } from "@openledger/sdk";
import type { VersionOrigins } from "./VersionOrigins.js";

/** A version whose records can be cited. */
export interface CitedVersion {
  readonly datanet: bigint;
  readonly version: number;
  readonly origins: Pick<VersionOrigins, "of">;
  /** Absent where there was no room for it. */
  readonly searched: SearchedRecords | undefined;
}

/** An answer does not wait longer for what it is paid without: a search waits while other records are sorted. */
const PATIENCE_MS = 3_000;

/**
 * The parts of an answer that stand word for word in a model's versions, version by version.
 *
 * @param signal Ends the wait for a search, and for what is shown of the records; after three seconds if not given
 * @returns Undefined where not all of them were searched: nobody is to read silence as absence.
 */
export async function citeAnswer(
  versions: readonly CitedVersion[],
  text: string,
  onFault: (error: unknown) => void,
  signal = AbortSignal.timeout(PATIENCE_MS),
): Promise<readonly Citation[] | undefined> {
  const answer = Buffer.from(text);
  try {
    const cited = await Promise.all(
      versions.map(async (version) => {
        const spans = await version.searched?.cite(text, { signal });
        if (spans === undefined) return undefined;
        const places = spans.flatMap((span) => span.places.map(({ record }) => record));
        const origins = await version.origins.of(places, signal);
        return spans.map((span) => citationOf(version, origins, answer, span));
      }),
    );
    return cited.some((citations) => citations === undefined) ? undefined : cited.flatMap((citations) => citations!);
  } catch (error) {
    onFault(error);
    return undefined;
  }
}

function citationOf(
  { datanet, version }: CitedVersion,
  origins: ReadonlyMap<number, RecordOrigin>,
  answer: Buffer,
  span: MatchSpan,
): Citation {
  const { from, to, count, places } = span;
  return {
    datanet,
    version,
    from,
    text: answer.toString("utf8", from, to),
    count,
    places: places.map(({ record, offset }) => ({ recordIndex: BigInt(record), offset, ...origins.get(record)! })),
  };
}
