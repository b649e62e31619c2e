import {
  type ContributionRecord,
  decodeHeldContribution,
  type ErasedRecord,
  getHeld,
  type HeldContribution,
  isErased,
  loadKeccak,
  type query,
  recordLeaf,
  recordsRoot,
} from "@openledger/sdk";
import { type Hex, isAddressEqual } from "viem";
import type { Connection } from "../connect.js";
import type { CheckList } from "./CheckList.js";
import { checkTransaction } from "./checkTransaction.js";
import type { CheckedVersion } from "./traceVersions.js";

/** A record of a version, in a file whose records' root is the one on chain. */
export type OpenedRecord = {
  readonly contribution: query.IndexedContribution;
  readonly file: HeldContribution;
  readonly path: string;
  /** Undefined where it was erased: its leaf, and with it whose it is, can be checked all the same. */
  readonly text: string | undefined;
  /** See `recordLeaf`. */
  readonly leaf: Hex;
};

/** The files of contributions that a trace looks into, each opened and checked once. */
export class ContributionFiles {
  readonly #files = new Map<bigint, Promise<HeldContribution | undefined>>();

  constructor(
    private readonly connection: Connection,
    private readonly checks: CheckList,
    private readonly versions: readonly CheckedVersion[],
  ) {}

  /** Undefined where it is not to be had; what is wrong is a failed check then. @param name Of the check, and its subject. */
  async record(
    place: { readonly datanet: bigint; readonly version: number; readonly recordIndex: bigint },
    name: string,
    subject: string,
  ): Promise<OpenedRecord | undefined> {
    const version = this.versions.find((one) => one.datanet === place.datanet && one.version === place.version);
    const inVersion = version?.records.at(Number(place.recordIndex));
    const contribution = inVersion && version?.contributions[inVersion.contribution];
    if (inVersion === undefined || contribution === undefined) {
      this.checks.holds(name, subject, false, "the model's versions hold no such record");
      return undefined;
    }
    const file = await this.#open(contribution);
    const record = file?.records[inVersion.index];
    if (file === undefined || record === undefined) {
      this.checks.holds(name, subject, false, `contribution ${contribution.number} does not show it`);
      return undefined;
    }
    return { contribution, file, ...contentOf(record, file.licence) };
  }

  #open(contribution: query.IndexedContribution): Promise<HeldContribution | undefined> {
    const known = this.#files.get(contribution.number);
    if (known !== undefined) return known;
    const opening = openFile(this.connection, this.checks, contribution);
    this.#files.set(contribution.number, opening);
    return opening;
  }
}

function contentOf(record: ContributionRecord | ErasedRecord, licence: string) {
  if (isErased(record)) return { path: "", text: undefined, leaf: record.leaf };
  return { ...record, leaf: recordLeaf(record.text, licence) };
}

async function openFile(
  connection: Connection,
  checks: CheckList,
  contribution: query.IndexedContribution,
): Promise<HeldContribution | undefined> {
  const subject = `contribution ${contribution.number}`;
  const file = await checks.attempt("contribution_file", subject, async () =>
    decodeHeldContribution(await getHeld(connection.content, contribution.dataHash)),
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
  const keccak = await loadKeccak();
  const root = await checks.attempt("records_root", subject, () => recordsRoot(file, (bytes) => keccak.hash(bytes)));
  const whole = root !== undefined && checks.equal("records_root", subject, contribution.recordsRoot, root);
  checks.equal("record_count", subject, contribution.recordCount, file.records.length);
  checks.equal("licence", subject, contribution.licence, file.licence);
  const owned = isAddressEqual(contribution.contributor, file.contributor);
  checks.holds("contributor", subject, owned, `${contribution.contributor} on chain, ${file.contributor} in the file`);
  return whole ? file : undefined;
}
