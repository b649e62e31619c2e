import type { Keccak } from "@openledger/sdk";
import type { Hex } from "../hex.js";
import { POSTINGS_BLOCK, PostingsPayload, recordPayload } from "../kernel/indexRoot.js";
import { wordOf } from "./KernelSegment.js";
import { LeafRoot } from "./LeafRoot.js";
import type { SegmentLists } from "./SegmentLists.js";

/** `recordsRoot` of an index of segments; one segment's rows are in memory at a time. */
export function recordsRootOf(keccak: Keccak, { segments }: SegmentLists): Hex {
  const tree = new LeafRoot(keccak, "IndexRecord");
  for (const segment of segments) {
    for (const [i, row] of segment.rows().entries()) tree.add(recordPayload(segment.firstRecord + i, row));
  }
  return tree.root();
}

/**
 * `postingsRoot` of an index of segments, each of which is read once, in order.
 *
 * @param thresholds `[targets]`
 */
export function postingsRootOf(keccak: Keccak, lists: SegmentLists, thresholds: Int16Array): Hex {
  const tree = new LeafRoot(keccak, "IndexPostings");
  const payload = new PostingsPayload();
  const cursors = lists.segments.map((segment) => ({ segment, ...segment.columns(), place: 0 }));
  for (const [place, target] of lists.targets.entries()) {
    let block = 0;
    payload.begin(target, block, thresholds[place]!);
    for (const cursor of cursors) {
      const { segment, codes, marks } = cursor;
      if (segment.targets[cursor.place] !== target) continue;
      for (let left = segment.sizeOf(cursor.place); left > 0; left--) {
        if (payload.count === POSTINGS_BLOCK) {
          tree.add(payload.finish());
          payload.begin(target, ++block, thresholds[place]!);
        }
        const { record, position, surprise } = segment.markOf(wordOf(marks.next()));
        payload.add(segment.firstRecord + record, position, surprise, codes.next());
      }
      cursor.place++;
    }
    tree.add(payload.finish());
  }
  return tree.root();
}
