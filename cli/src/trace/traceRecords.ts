import { contentCid, type RecordShare } from "@openledger/sdk";
import type { CheckList } from "./CheckList.js";
import type { ContributionFiles } from "./ContributionFiles.js";
import type { TracedRecord } from "./Trace.js";

const SHOWN_CHARACTERS = 120;

/** The records of an attribution, each found in its contribution's file. */
export async function traceRecords(
  checks: CheckList,
  files: ContributionFiles,
  shares: readonly (RecordShare & { readonly excerpt?: string })[],
): Promise<readonly TracedRecord[]> {
  const records: TracedRecord[] = [];
  for (const share of shares) {
    const subject = `record ${share.recordIndex} of Datanet ${share.datanet} version ${share.version}`;
    const opened = await files.record(share, "record", subject);
    if (opened === undefined) continue;
    // The file's root was held against the chain: its leaves are the tree's.
    const { contribution, file, path, text, leaf } = opened;
    checks.holds("record", subject, true, leaf);
    records.push({
      datanet: `${share.datanet}`,
      version: share.version,
      recordIndex: `${share.recordIndex}`,
      share: share.share,
      contribution: `${contribution.number}`,
      contributor: contribution.contributor,
      licence: file.licence,
      source: { ...file.source, path },
      cid: contentCid(contribution.dataHash),
      leaf,
      text: text?.slice(0, SHOWN_CHARACTERS),
      // the runner's word, as far as the record bears it out
      excerpt: share.excerpt !== undefined && text?.includes(share.excerpt) ? share.excerpt : undefined,
      transactions: { contribution: contribution.committedIn, acceptance: contribution.decidedIn },
    });
  }
  return records;
}
