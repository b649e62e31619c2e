import {
  type ContributionFile,
  decodeContributionFile,
  type query,
  type RecordShare,
  recordLeaf,
  recordsRoot,
} from "@openledger/sdk";
import { isAddressEqual } from "viem";
import type { Connection } from "../connect.js";
import type { CheckList } from "./CheckList.js";
import { checkTransaction } from "./checkTransaction.js";
import type { TracedRecord } from "./Trace.js";
import type { CheckedVersion } from "./traceVersions.js";

const SHOWN_CHARACTERS = 120;

/** The records of an attribution: each found in its contribution's file, whose records' root is the one on chain. */
export async function traceRecords(
  connection: Connection,
  checks: CheckList,
  shares: readonly RecordShare[],
  versions: readonly CheckedVersion[],
): Promise<readonly TracedRecord[]> {
  const files = new Map<bigint, ContributionFile | undefined>();
  const records: TracedRecord[] = [];
  for (const share of shares) {
    const subject = `record ${share.recordIndex} of Datanet ${share.datanet} version ${share.version}`;
    const version = versions.find((one) => one.datanet === share.datanet && one.version === share.version);
    const place = version?.records[Number(share.recordIndex)];
    const contribution = place && version?.contributions[place.contribution];
    if (place === undefined || contribution === undefined) {
      checks.holds("record", subject, false, "the model's versions hold no such record");
      continue;
    }
    if (!files.has(contribution.number)) {
      files.set(contribution.number, await openFile(connection, checks, contribution));
    }
    const file = files.get(contribution.number);
    const record = file?.records[place.index];
    if (file === undefined || record === undefined) {
      checks.holds("record", subject, false, `contribution ${contribution.number} does not show it`);
      continue;
    }
    // The file's root was held against the chain: its leaves are the tree's.
    const leaf = recordLeaf(record.text, file.licence);
    checks.holds("record", subject, true, leaf);
    records.push({
      datanet: `${share.datanet}`,
      version: share.version,
      recordIndex: `${share.recordIndex}`,
      share: share.share,
      contribution: `${contribution.number}`,
      contributor: contribution.contributor,
      licence: file.licence,
      source: { ...file.source, path: record.path },
      leaf,
      text: record.text.slice(0, SHOWN_CHARACTERS),
      transactions: { contribution: contribution.committedIn, acceptance: contribution.decidedIn },
    });
  }
  return records;
}

async function openFile(
  connection: Connection,
  checks: CheckList,
  contribution: query.IndexedContribution,
): Promise<ContributionFile | undefined> {
  const subject = `contribution ${contribution.number}`;
  const file = await checks.attempt("contribution_file", subject, async () =>
    decodeContributionFile(await connection.content.get(contribution.dataHash)),
  );
  await checkTransaction(connection, checks, subject, contribution.committedIn, "contributionRegistry");
  if (contribution.decidedIn !== null) {
    await checkTransaction(
      connection,
      checks,
      `acceptance of ${subject}`,
      contribution.decidedIn,
      "contributionRegistry",
    );
  }
  if (file === undefined) return undefined;
  checks.holds("contribution_file", subject, true, contribution.dataHash);
  const root = await checks.attempt("records_root", subject, () => recordsRoot(file));
  const whole = root !== undefined && checks.equal("records_root", subject, contribution.recordsRoot, root);
  checks.equal("record_count", subject, contribution.recordCount, file.records.length);
  checks.equal("licence", subject, contribution.licence, file.licence);
  const owned = isAddressEqual(contribution.contributor, file.contributor);
  checks.holds("contributor", subject, owned, `${contribution.contributor} on chain, ${file.contributor} in the file`);
  return whole ? file : undefined;
}
