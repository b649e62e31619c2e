import { ALL_RECORDS, type Revocation } from "./revocations.js";

const NONE: ReadonlySet<number> = new Set();

/** A record of a version: which of its contributions holds it, and its index there. */
export type RecordPlace = { readonly contribution: number; readonly index: number };

/**
 * The records of a version in their order: those of its contributions, one after the other, less what is revoked. Indexes,
 * shares and receipts count over these.
 *
 * Memory: a number a contribution and one a revoked record, however many records there are.
 */
export class VersionRecords implements Iterable<RecordPlace> {
  /** `[contributions + 1]`: the place of each contribution's first record, and the end. */
  readonly #starts: readonly number[];
  /** Revoked indexes of a contribution, ascending; none of those without. */
  readonly #revoked: ReadonlyMap<number, readonly number[]>;

  /**
   * @param contributions Those of the version, in the order of acceptance.
   * @param revocations The first `revocationCount` of the Datanet.
   */
  constructor(
    contributions: readonly { readonly number: bigint; readonly recordCount: number }[],
    revocations: readonly Revocation[],
  ) {
    const byNumber = new Map<bigint, Set<number>>();
    for (const { contribution, index } of revocations) {
      const of = byNumber.get(contribution) ?? new Set();
      byNumber.set(contribution, of.add(index));
    }
    const starts = [0];
    const revoked = new Map<number, readonly number[]>();
    for (const [contribution, { number, recordCount }] of contributions.entries()) {
      const gone = byNumber.get(number) ?? NONE;
      const inside = [...gone].filter((index) => index < recordCount).sort((a, b) => a - b);
      if (inside.length > 0) revoked.set(contribution, inside);
      starts.push(starts.at(-1)! + (gone.has(ALL_RECORDS) ? 0 : recordCount - inside.length));
    }
    this.#starts = starts;
    this.#revoked = revoked;
  }

  get length(): number {
    return this.#starts.at(-1)!;
  }

  /** Undefined at a place that the version does not have. */
  at(place: number): RecordPlace | undefined {
    if (!Number.isInteger(place) || place < 0 || place >= this.length) return undefined;
    const contribution = this.#contributionAt(place);
    let index = place - this.#starts[contribution]!;
    for (const gone of this.#revoked.get(contribution) ?? []) {
      if (gone > index) break;
      index++;
    }
    return { contribution, index };
  }

  /** Where a record stands; undefined for one that the version does not have. */
  placeOf({ contribution, index }: RecordPlace): number | undefined {
    const [start, end] = [this.#starts[contribution], this.#starts[contribution + 1]];
    if (start === undefined || end === undefined || !Number.isInteger(index) || index < 0) return undefined;
    let before = 0;
    for (const gone of this.#revoked.get(contribution) ?? []) {
      if (gone === index) return undefined;
      if (gone > index) break;
      before++;
    }
    const place = start + index - before;
    return place < end ? place : undefined;
  }

  /** Those of one contribution that are left, ascending. */
  *of(contribution: number): Generator<{ readonly place: number; readonly index: number }> {
    const end = this.#starts[contribution + 1] ?? 0;
    const gone = this.#revoked.get(contribution) ?? [];
    let [index, next] = [0, 0];
    for (let place = this.#starts[contribution] ?? 0; place < end; place++, index++) {
      for (; gone[next] === index; next++) index++;
      yield { place, index };
    }
  }

  *[Symbol.iterator](): Generator<RecordPlace> {
    for (let contribution = 0; contribution + 1 < this.#starts.length; contribution++) {
      for (const { index } of this.of(contribution)) yield { contribution, index };
    }
  }

  /** Of the last that begins there or before: of those that have no records, none. */
  #contributionAt(place: number): number {
    let [low, high] = [0, this.#starts.length - 2];
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#starts[middle]! <= place) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
