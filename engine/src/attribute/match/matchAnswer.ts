import type { MatchPlace, MatchShard } from "./MatchShard.js";

/** Fewest bytes of a span: shorter ones stand in anything. */
export const LEAST_SPAN_BYTES = 16;
/** Bytes of an answer for each span that is shown of it, the first begun. */
const BYTES_PER_SPAN = 48;
/** Most places told of one span. */
const MOST_PLACES = 8;

/** A part of an answer that stands verbatim in records. */
export interface MatchSpan {
  /** Bytes of the answer, first and the one behind the last, whole characters. */
  readonly from: number;
  readonly to: number;
  /** How often it stands in the records. */
  readonly count: number;
  /** At most 8, by record and offset. */
  readonly places: readonly MatchPlace[];
}

/**
 * The parts of an answer that stand verbatim in records: maximal, of 16 bytes or more, the rarest first and none over another,
 * at most one for each 48 bytes of the answer, told in the order in which they stand in it.
 *
 * That a text stands in the data says nothing of what shaped the answer: these are citations, and pay nobody.
 *
 * @param answer Canonical UTF-8
 */
export function matchAnswer(shards: readonly MatchShard[], answer: Uint8Array): readonly MatchSpan[] {
  const found: MatchSpan[] = [];
  let reached = 0;
  for (let from = 0; from < answer.length; from++) {
    if (isContinuation(answer, from)) continue;
    const longest = shards.reduce((most, shard) => Math.max(most, shard.longest(answer, from)), 0);
    const to = wholeEnd(answer, from, from + longest);
    // what ends where one from further left ends is a part of that
    if (to <= reached) continue;
    reached = to;
    if (to - from >= LEAST_SPAN_BYTES) found.push(spanOf(shards, answer, { from, to }));
  }

  const chosen: MatchSpan[] = [];
  const most = Math.ceil(answer.length / BYTES_PER_SPAN);
  for (const span of found.sort(byRarity)) {
    if (chosen.length === most) break;
    if (chosen.every((other) => span.to <= other.from || span.from >= other.to)) chosen.push(span);
  }
  return chosen.sort((a, b) => a.from - b.from);
}

/** The rarest first, of those the longest, of those the first. */
function byRarity(a: MatchSpan, b: MatchSpan): number {
  return a.count - b.count || b.to - b.from - (a.to - a.from) || a.from - b.from;
}

function spanOf(
  shards: readonly MatchShard[],
  answer: Uint8Array,
  { from, to }: { readonly from: number; readonly to: number },
): MatchSpan {
  let count = 0;
  const places: MatchPlace[] = [];
  for (const shard of shards) {
    const { first, end } = shard.occurrences(answer, from, to);
    count += end - first;
    for (let rank = first; rank < Math.min(end, first + MOST_PLACES); rank++) {
      places.push(shard.placeOf(shard.order[rank]!));
    }
  }
  places.sort((a, b) => a.record - b.record || a.offset - b.offset);
  return { from, to, count, places: places.slice(0, MOST_PLACES) };
}

/** Without the part of a character that a span ends with. */
function wholeEnd(text: Uint8Array, from: number, to: number): number {
  let end = to;
  while (end > from && isContinuation(text, end)) end--;
  return end;
}

function isContinuation(text: Uint8Array, at: number): boolean {
  return at < text.length && (text[at]! & 0xc0) === 0x80;
}
