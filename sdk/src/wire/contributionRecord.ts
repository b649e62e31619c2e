import type { Hex } from "viem";
import { recordLeaf, type TextHash } from "../hash/record.js";
import { domainHash } from "../merkle/domain.js";
import { merkleRoot } from "../merkle/merkleRoot.js";

/** A record, and where its contributor has it from. */
export type ContributionRecord = { readonly path: string; readonly text: string };

/** What is left of a record that was erased: no more than a proof of its neighbours shows. */
export type ErasedRecord = {
  /** See `recordLeaf`. */
  readonly leaf: Hex;
};

export function isErased(record: ContributionRecord | ErasedRecord): record is ErasedRecord {
  return "leaf" in record;
}

/**
 * Root of a contribution's records in the file's order: erasing some does not change it.
 *
 * @param file `licence`: SPDX identifier that holds for all of them
 * @param hash As of `recordLeaf`
 */
export function recordsRoot(
  {
    records,
    licence,
  }: {
    readonly records: readonly (ContributionRecord | ErasedRecord)[];
    readonly licence: string;
  },
  hash?: TextHash,
): Hex {
  return merkleRoot(
    domainHash("Record"),
    records.map((record) => (isErased(record) ? record.leaf : recordLeaf(record.text, licence, hash))),
  );
}
