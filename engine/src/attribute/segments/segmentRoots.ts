import type { Keccak } from "@openledger/sdk";
import type { Hex } from "../hex.js";
import { recordPayload } from "../kernel/indexRoot.js";
import { Ahead } from "./Ahead.js";
import { LeafRoot } from "./LeafRoot.js";
import { postingsLeaves } from "./postingsLeaves.js";
import type { SegmentLists } from "./SegmentLists.js";
import type { RecordTombstone, Tombstones } from "./Tombstones.js";

/**
 * `recordsRoot` of an index of segments; one segment's rows are in memory at a time.
 *
 * @param tombstones Leaves of the records that were erased
 * @throws AttributionError `index_mismatch` for the tombstone of a record that has positions, or that the index has not;
 * `index_malformed`
 */
export function recordsRootOf(keccak: Keccak, { segments, recordCount }: SegmentLists, tombstones?: Tombstones): Hex {
  const tree = new LeafRoot(keccak, "IndexRecord");
  const erased = new Ahead<RecordTombstone>(tombstones?.records() ?? []);
  for (const segment of segments) {
    for (const [i, row] of segment.rows().entries()) {
      const record = segment.firstRecord + i;
      if (erased.next?.record !== record) tree.add(recordPayload(record, row));
      else if (row.ids.length === 0) tree.addHash(erased.take().hash);
      else throw tombstones!.mismatch(`no position of record ${record}, which was erased`, row.ids.length);
    }
  }
  if (erased.next !== undefined) throw tombstones!.mismatch(`records below ${recordCount}`, erased.next.record);
  return tree.root();
}

/**
 * `postingsRoot` of an index of segments, each of which is read once, in order.
 *
 * @param thresholds `[targets]`
 * @param tombstones Leaves of the blocks that lost a posting
 * @throws AttributionError `index_mismatch` for a tombstone that has no place among the lists; `index_malformed`
 */
export function postingsRootOf(
  keccak: Keccak,
  lists: SegmentLists,
  thresholds: Int16Array,
  tombstones?: Tombstones,
): Hex {
  const tree = new LeafRoot(keccak, "IndexPostings");
  for (const { content } of postingsLeaves(lists, thresholds, tombstones)) {
    if ("hash" in content) tree.addHash(content.hash);
    else tree.add(content.payload);
  }
  return tree.root();
}
