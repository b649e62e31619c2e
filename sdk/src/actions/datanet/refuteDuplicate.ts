import { keccak256 } from "viem";
import { packText } from "../../bytes/pack.js";
import type { Contribution } from "../../hash/contributionDigest.js";
import { licenceToBytes32 } from "../../hash/licence.js";
import { recordLeaf } from "../../hash/record.js";
import { domainHash } from "../../merkle/domain.js";
import { MerkleTree } from "../../merkle/MerkleTree.js";
import type { ContributionFile } from "../../wire/contributionFile.js";
import type { ChainClient } from "../ChainClient.js";
import { eventOf, submit } from "../submit.js";

/** A record, shown in the file of its contribution. */
export type ShownRecord = {
  readonly contribution: Contribution;
  readonly file: Pick<ContributionFile, "records" | "licence">;
  readonly index: number;
};

export type RefuteDuplicateParameters = {
  /** The copy. */
  readonly later: ShownRecord;
  /** Where the same text stood before: in an accepted contribution of a lower number, or earlier in the same one. */
  readonly earlier: ShownRecord;
};

/**
 * Proves that a record's text is in an earlier contribution of the Datanet: an accepted contribution loses the record, an
 * undecided one is rejected and pays half of its fee to the account.
 *
 * @throws ContractRefusedError, TransactionFailedError
 */
export async function refuteDuplicate(client: ChainClient, parameters: RefuteDuplicateParameters) {
  const { later, earlier } = parameters;
  const text = packText("text", later.file.records[later.index]!.text);
  const submitted = await submit(client, "contributionRegistry", "refuteDuplicate", [
    later.contribution,
    openingOf(later),
    earlier.contribution,
    openingOf(earlier),
    keccak256(text),
  ]);
  return { ...submitted, event: eventOf(client, submitted, "contributionRegistry", "DuplicateRefuted") };
}

function openingOf({ file, index }: ShownRecord) {
  const leaves = file.records.map(({ text }) => recordLeaf(text, file.licence));
  return {
    index,
    byteLength: packText("text", file.records[index]!.text).length,
    licence: licenceToBytes32(file.licence),
    siblings: new MerkleTree(domainHash("Record"), leaves).proof(index).siblings,
  };
}
