import { POSTINGS_BLOCK, PostingsPayload } from "../kernel/indexRoot.js";
import { Ahead } from "./Ahead.js";
import { type KernelSegment, wordOf } from "./KernelSegment.js";
import type { SegmentLists } from "./SegmentLists.js";
import { type BlockTombstone, NO_LIST, type Tombstones } from "./Tombstones.js";

/** A leaf of `postingsRoot`, good until the next one is asked for. */
export interface PostingsLeaf {
  /** Undefined where no posting of its token is left. */
  readonly token: number | undefined;
  /** Its number in its token's list, or `NO_LIST`. */
  readonly block: number;
  /** Records of the postings that it has, by their places in the index, in order. */
  readonly records: Uint32Array;
  /** What is hashed, or the hash of what nobody has any more. */
  readonly content: { readonly payload: Uint8Array } | { readonly hash: Uint8Array };
}

/**
 * The leaves of an index of segments, each of which is read once, in order. What was erased is placed as it goes: a leaf that has
 * a tombstone takes of its list what the tombstone says is left, any other takes 64, or all that there is.
 *
 * @param thresholds `[targets]`
 * @throws AttributionError `index_mismatch` for a tombstone that has no place among the lists; `index_malformed`
 */
export function* postingsLeaves(
  lists: SegmentLists,
  thresholds: Int16Array,
  tombstones?: Tombstones,
): Generator<PostingsLeaf> {
  const ahead = new Ahead<BlockTombstone>(tombstones?.blocks() ?? []);
  const postings = new PostingStream(lists);
  const payload = new PostingsPayload();
  const records = new Uint32Array(POSTINGS_BLOCK);
  const none = records.subarray(0, 0);
  let leaf = 0;
  const due = (): BlockTombstone | undefined => (ahead.next?.leaf === leaf ? ahead.next : undefined);
  const gone = (): PostingsLeaf => ({ token: undefined, block: NO_LIST, records: none, content: ahead.take() });

  for (const [place, token] of lists.targets.entries()) {
    for (; due()?.block === NO_LIST; leaf++) yield gone();
    let left = postings.begin(token);
    let isWhole = true;
    for (let block = 0; ; block++, leaf++) {
      const found = due();
      const ours: BlockTombstone | undefined = isWhole && found?.block === block ? found : undefined;
      if (ours === undefined && left === 0) break;
      if (found !== ours) {
        throw tombstones!.mismatch(`leaf ${leaf} to be block ${block} of token ${token}`, told(found!));
      }
      const count: number = ours?.left ?? Math.min(POSTINGS_BLOCK, left);
      if (count > left) {
        throw tombstones!.mismatch(`at most ${left} postings of token ${token} left of leaf ${leaf}`, count);
      }
      payload.begin(token, block, thresholds[place]!);
      postings.take(count, payload, records);
      left -= count;
      // behind a block of fewer its list ends
      isWhole = ours !== undefined || count === POSTINGS_BLOCK;
      const content = ours === undefined ? { payload: payload.finish() } : ahead.take();
      yield { token, block, records: records.subarray(0, count), content };
    }
  }
  for (; due()?.block === NO_LIST; leaf++) yield gone();
  if (ahead.next !== undefined) {
    throw tombstones!.mismatch(`no block of a list at leaf ${leaf} or behind it`, told(ahead.next));
  }
}

function told({ leaf, block }: BlockTombstone): string {
  return `${block === NO_LIST ? "one of no list" : `block ${block}`} at leaf ${leaf}`;
}

/** A segment's postings, read from the first on. */
class Cursor {
  readonly #columns;
  #place = 0;
  #left = 0;

  constructor(readonly segment: KernelSegment) {
    this.#columns = segment.columns();
  }

  /** Goes on to the list of a token, if this is the next one; says how many postings it has. */
  begin(token: number): number {
    const has = this.segment.targets[this.#place] === token;
    this.#left = has ? this.segment.sizeOf(this.#place++) : 0;
    return this.#left;
  }

  /** Whether a posting was left in the list, which has been added then. */
  take(payload: PostingsPayload, records: Uint32Array, at: number): boolean {
    if (this.#left === 0) return false;
    this.#left--;
    const { record, position, surprise } = this.segment.markOf(wordOf(this.#columns.marks.next()));
    records[at] = this.segment.firstRecord + record;
    payload.add(records[at]!, position, surprise, this.#columns.codes.next());
    return true;
  }
}

/** The lists of all segments, token by token, one segment's behind another's. */
class PostingStream {
  readonly #cursors: readonly Cursor[];
  #current = 0;

  constructor({ segments }: SegmentLists) {
    this.#cursors = segments.map((segment) => new Cursor(segment));
  }

  /** Goes on to a token's list; says how many postings it has. */
  begin(token: number): number {
    this.#current = 0;
    return this.#cursors.reduce((sum, cursor) => sum + cursor.begin(token), 0);
  }

  /** Adds the next postings of the list, of which there have to be as many. */
  take(count: number, payload: PostingsPayload, records: Uint32Array): void {
    for (let at = 0; at < count; ) {
      if (this.#cursors[this.#current]!.take(payload, records, at)) at++;
      else this.#current++;
    }
  }
}
