import { attributionIndexRoot, domainHash, type IndexRecordOpening, leafHash, MerkleTree } from "@openledger/sdk";
import { AttributionError } from "../errors.js";
import type { Hex } from "../hex.js";
import { recordPayload } from "./indexRoot.js";
import type { VersionIndex } from "./VersionIndex.js";

/**
 * What shows a record's row under an index's root, see `openedIndexRow` of the SDK. Every row is read and hashed once for it: it is
 * for who disputes one.
 *
 * @param postingsRoot Of the index, as its file has it
 * @throws AttributionError `invalid_request` for a record that the index has not, records that were erased, or another index's root
 */
export function openIndexRow(index: VersionIndex, postingsRoot: Hex, record: number): IndexRecordOpening {
  const { recordCount, erasedRecords, baseWeightsRoot, attributionHash } = index;
  const payload = recordPayload(record, index.row(record));
  if (erasedRecords > 0) {
    throw new AttributionError(
      "invalid_request",
      `${erasedRecords} records were erased from index ${index.root}: their leaves cannot be computed; open one that is whole`,
    );
  }
  const domain = domainHash("IndexRecord");
  const leaves = Array.from({ length: recordCount }, (_, at) => leafHash(domain, recordPayload(at, index.row(at))));
  const tree = new MerkleTree(domain, leaves);
  const parts = {
    floors: [...index.floors],
    baseWeightsRoot,
    attributionHash,
    recordsRoot: tree.root,
    postingsRoot,
  };
  const found = attributionIndexRoot(parts);
  if (found !== index.root) {
    throw new AttributionError(
      "invalid_request",
      `asked for a row of index ${index.root}, these postings make ${found}`,
    );
  }
  return { parts, count: recordCount, record, payload, siblings: tree.proof(record).siblings };
}
