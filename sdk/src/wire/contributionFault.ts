import { isAddressEqual } from "viem";
import { loadKeccak } from "../exact/Keccak.js";
import type { Contribution } from "../hash/contributionDigest.js";
import { licenceToBytes32 } from "../hash/licence.js";
import { recordsRoot } from "./contributionRecord.js";
import type { HeldContribution } from "./heldContribution.js";

/**
 * What a contribution's file has other than the chain: what was asked for, and what was found. Undefined where it is the file.
 *
 * @throws InvalidValueError for a licence that is none
 */
export async function contributionFault(
  file: HeldContribution,
  committed: Pick<Contribution, "datanet" | "contributor" | "licence" | "recordCount" | "recordsRoot">,
): Promise<string | undefined> {
  // of 28 MB, which a file may have, this takes 0.3 s, with viem's hash 2.2 s
  const keccak = await loadKeccak();
  const root = recordsRoot(file, (bytes) => keccak.hash(bytes));
  const fits =
    root === committed.recordsRoot &&
    file.datanet === committed.datanet &&
    isAddressEqual(file.contributor, committed.contributor) &&
    licenceToBytes32(file.licence) === committed.licence &&
    file.records.length === committed.recordCount;
  if (fits) return undefined;
  return (
    `asked for ${committed.recordCount} records with root ${committed.recordsRoot} of ${committed.contributor} for Datanet ` +
    `${committed.datanet}, found ${file.records.length} with root ${root} of ${file.contributor} under ${file.licence} for ` +
    `Datanet ${file.datanet}`
  );
}
