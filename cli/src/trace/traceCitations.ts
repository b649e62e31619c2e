import type { Citation } from "@openledger/sdk";
import type { CheckList } from "./CheckList.js";
import type { ContributionFiles } from "./ContributionFiles.js";
import type { TracedCitation } from "./Trace.js";

/** What the runner says stands word for word in records: each place looked up in its contribution's file. */
export async function traceCitations(
  checks: CheckList,
  files: Pick<ContributionFiles, "record">,
  citations: readonly Citation[],
): Promise<readonly TracedCitation[]> {
  const traced: TracedCitation[] = [];
  for (const { datanet, version, from, text, count, places } of citations) {
    const quoted = Buffer.from(text);
    const found: TracedCitation["places"][number][] = [];
    for (const { recordIndex, offset } of places) {
      const subject = `${quoted.length} bytes at ${offset} of record ${recordIndex} of Datanet ${datanet} version ${version}`;
      const opened = await files.record({ datanet, version, recordIndex }, "citation", subject);
      // what was erased bears out nothing that is said of it, and refutes nothing
      if (opened?.text === undefined) continue;
      const there = Buffer.from(opened.text).subarray(offset, offset + quoted.length);
      if (!checks.holds("citation", subject, there.equals(quoted), JSON.stringify(there.toString()))) continue;
      const { contribution, file, path } = opened;
      found.push({
        recordIndex: `${recordIndex}`,
        offset,
        contribution: `${contribution.number}`,
        contributor: contribution.contributor,
        licence: file.licence,
        source: { ...file.source, path },
      });
    }
    traced.push({ datanet: `${datanet}`, version, from, text, count, places: found });
  }
  return traced;
}
