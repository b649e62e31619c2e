import type { PositionCodes } from "../codes.js";
import { AttributionError } from "../errors.js";
import type { NearPosting } from "../kernel/KernelIndex.js";
import type { TokenLists } from "../kernel/TokenLists.js";
import { CodeScanner, type ReadCodes } from "./CodeScanner.js";
import type { KernelSegment } from "./KernelSegment.js";

/** The lists of segments, one segment's behind another's: those of an index of all their records. */
export class SegmentLists implements TokenLists {
  readonly targets: Uint32Array;
  readonly recordCount: number;
  readonly #scanner = new CodeScanner();

  /** @param segments In the order of their records, without a gap */
  constructor(readonly segments: readonly KernelSegment[]) {
    this.targets = mergeTargets(segments);
    this.recordCount = segments.reduce((sum, { sizes }) => sum + sizes.records, 0);
  }

  sizeOf(place: number): number {
    let size = 0;
    for (const segment of this.segments) {
      const own = segment.place(this.targets[place]!);
      if (own >= 0) size += segment.sizeOf(own);
    }
    return size;
  }

  countDistances(place: number, words: Uint32Array, histogram: Float64Array): void {
    for (const { count, read } of this.#lists(this.targets[place]!)) {
      this.#scanner.countDistances(count, read, words, histogram);
    }
  }

  /** As `KernelIndex.near`, with what θ amounts to. */
  near(token: number, words: Uint32Array, at: number, reach: number, found: NearPosting): void {
    for (const { segment, begin, count, read } of this.#lists(token)) {
      this.#scanner.near(count, read, { words, at, reach }, (first, hits) => {
        const marks = segment.marksOf(begin + first, hits);
        for (const [k, hit] of hits.entries()) {
          const { record, surprise } = segment.markOf(marks[k]!);
          found(segment.firstRecord + record, hit & 0xff, surprise);
        }
      });
    }
  }

  row(record: number): PositionCodes {
    const segment = this.#segmentOf(record);
    return segment.row(record - segment.firstRecord);
  }

  ids(record: number): Uint32Array {
    const segment = this.#segmentOf(record);
    return segment.ids(record - segment.firstRecord);
  }

  close(): void {
    for (const segment of this.segments) segment.close();
  }

  *#lists(token: number): Generator<{ segment: KernelSegment; begin: number; count: number; read: ReadCodes }> {
    for (const segment of this.segments) {
      const place = segment.place(token);
      if (place < 0) continue;
      const begin = segment.begin(place);
      yield {
        segment,
        begin,
        count: segment.sizeOf(place),
        read: (first, into) => segment.readCodes(begin + first, into),
      };
    }
  }

  #segmentOf(record: number): KernelSegment {
    const found = this.segments.find(
      ({ firstRecord, sizes }) => record >= firstRecord && record < firstRecord + sizes.records,
    );
    if (found !== undefined) return found;
    throw new AttributionError("invalid_request", `the index has ${this.recordCount} records, asked for ${record}`);
  }
}

function mergeTargets(segments: readonly KernelSegment[]): Uint32Array {
  const all = new Set<number>();
  for (const { targets } of segments) for (const target of targets) all.add(target);
  return Uint32Array.from(all).sort();
}
