import {
  loadKeccak,
  type MatchAbsenceClaim,
  type MatchAbsenceProof,
  type MatchArrayFaultProof,
  type MatchBoundary,
  type MatchColumn,
  type MatchCountClaim,
  type MatchCountProof,
  type MatchIndexParts,
  type MatchMaximalityClaim,
  type MatchMaximalityProof,
  type MatchOpening,
  type MatchPositionClaim,
  type MatchPositionProof,
  type MatchRecordFaultProof,
  matchExtensions,
  matchIndexRoot,
  type SuffixHead,
} from "@openledger/sdk";
import { AttributionError } from "../errors.js";
import type { Hex } from "../hex.js";
import { BlockTree } from "./BlockTree.js";
import { type ArrayFault, findArrayFault, findRecordFault, type RecordFault } from "./findMatchFault.js";
import { columnsOf, type MatchArrays, partsOf } from "./MatchArrays.js";
import { MatchShard } from "./MatchShard.js";

/** What can be shown of an index, and what shows it. */
export interface Proven<Claim, Proof> {
  readonly claim: Claim;
  readonly proof: Proof;
}

/**
 * Makes proofs about a match index that whoever knows its root can verify (`verifyMatch…` of the SDK): of what holds in it, and
 * of what is wrong with it. Pieces are canonical UTF-8 of 1 byte to `MAX_MATCH_PIECE_BYTES`.
 *
 * Memory, beside the columns: 2¼ bytes for each byte of text.
 */
export class MatchProver {
  readonly root: Hex;
  readonly #shard: MatchShard;

  private constructor(
    readonly arrays: MatchArrays,
    /** What the root binds. */
    readonly parts: MatchIndexParts,
    private readonly trees: Readonly<Record<MatchColumn, BlockTree>>,
  ) {
    this.root = matchIndexRoot(parts);
    this.#shard = new MatchShard(arrays.text, arrays.order, arrays.starts, arrays.firstRecord);
  }

  /** @throws AttributionError `invalid_request` when the columns are not equally long */
  static async of(arrays: MatchArrays): Promise<MatchProver> {
    const { text, order, ranks, starts } = arrays;
    const n = text.length;
    if (order.length !== n || ranks.length !== n || starts.at(-1) !== n) {
      throw new AttributionError(
        "invalid_request",
        `${n} bytes of text have as many suffixes, found ${order.length} in order, ${ranks.length} ranks and an end at ${starts.at(-1)}`,
      );
    }
    const keccak = await loadKeccak();
    const columns = columnsOf(arrays);
    const tree = (name: MatchColumn): BlockTree => new BlockTree(keccak, name, columns[name]);
    const trees = { text: tree("text"), order: tree("order"), ranks: tree("ranks"), starts: tree("starts") };
    return new MatchProver(
      arrays,
      partsOf(arrays, (name) => trees[name].root),
      trees,
    );
  }

  /**
   * That bytes stand in a record.
   *
   * @param place See `MatchSpan.places`
   * @throws AttributionError `invalid_request` when the record does not reach so far
   */
  position(
    place: { readonly record: number; readonly offset: number },
    length: number,
  ): Proven<MatchPositionClaim, MatchPositionProof> {
    const { text, starts, firstRecord } = this.arrays;
    const { record, offset } = place;
    const local = record - firstRecord;
    const [start, end] = [starts[local], starts[local + 1]];
    if (start === undefined || end === undefined || offset < 0 || length < 1 || start + offset + length >= end) {
      throw new AttributionError("invalid_request", `record ${record} has no ${length} bytes at byte ${offset}`);
    }
    const from = start + offset;
    return {
      claim: { piece: Uint8Array.from(text.subarray(from, from + length)), record, offset },
      proof: { starts: this.#openRecord(local), text: this.trees.text.open(from, from + length) },
    };
  }

  /**
   * How often a piece stands in the records.
   *
   * @throws AttributionError `invalid_request` when it does not
   */
  count(piece: Uint8Array): Proven<MatchCountClaim, MatchCountProof> {
    const { first, end } = this.#shard.occurrences(piece, 0, piece.length);
    if (first === end) throw new AttributionError("invalid_request", "a count was asked for of what does not occur");
    return {
      claim: { piece, count: end - first },
      proof: { first, low: this.#boundary(first, piece), high: this.#boundary(end, piece) },
    };
  }

  /**
   * That a piece stands in no record.
   *
   * @throws AttributionError `invalid_request` when it does
   */
  absence(piece: Uint8Array): Proven<MatchAbsenceClaim, MatchAbsenceProof> {
    const { first, end } = this.#shard.occurrences(piece, 0, piece.length);
    if (first !== end) {
      throw new AttributionError("invalid_request", `absence was asked for of what occurs ${end - first} times`);
    }
    return { claim: { piece }, proof: { rank: first, between: this.#boundary(first, piece) } };
  }

  /**
   * That a part of an answer stands in the records so often, and with one more character of the answer not at all.
   *
   * @param answer Canonical UTF-8
   * @param part Whole characters, see `MatchSpan`
   * @throws AttributionError `invalid_request` when it does not stand there, or does with one more
   */
  maximality(
    answer: Uint8Array,
    { from, to }: { readonly from: number; readonly to: number },
  ): Proven<MatchMaximalityClaim, MatchMaximalityProof> {
    const { claim, proof: occurs } = this.count(answer.subarray(from, to));
    const { left, right } = matchExtensions(answer, from, to);
    return {
      claim: { answer, from, to, count: claim.count },
      proof: {
        occurs,
        left: left && this.absence(left).proof,
        right: right && this.absence(right).proof,
      },
    };
  }

  /** That `order` or `ranks` is wrong; undefined when both are right. */
  arrayFault(): MatchArrayFaultProof | undefined {
    const fault = findArrayFault(this.arrays);
    return fault && this.openArrayFault(fault);
  }

  /** That `starts` is wrong; undefined when it is right. */
  recordFault(): MatchRecordFaultProof | undefined {
    const fault = findRecordFault(this.arrays);
    return fault && this.openRecordFault(fault);
  }

  /** What shows a fault where it is; where it is not, what it would be shown by. */
  openArrayFault({ kind, rank }: ArrayFault): MatchArrayFaultProof {
    const suffix = this.arrays.order[rank]!;
    switch (kind) {
      case "beyond_text":
        return { kind, rank, order: this.#numbers("order", rank, rank + 1) };
      case "not_inverse":
        return {
          kind,
          rank,
          order: this.#numbers("order", rank, rank + 1),
          ranks: this.#numbers("ranks", suffix, suffix + 1),
        };
      case "not_ascending":
        return {
          kind,
          rank,
          order: this.#numbers("order", rank, rank + 2),
          below: this.#head(suffix),
          above: this.#head(this.arrays.order[rank + 1]!),
        };
    }
  }

  /** As `openArrayFault`. */
  openRecordFault(fault: RecordFault): MatchRecordFaultProof {
    const starts = this.#openRecord(fault.place);
    if (fault.kind === "bounds") return { ...fault, starts };
    return { ...fault, starts, text: this.trees.text.open(fault.byte, fault.byte + 1) };
  }

  #boundary(rank: number, piece: Uint8Array): MatchBoundary {
    const { text, order } = this.arrays;
    const n = text.length;
    const suffixAt = (at: number): MatchOpening | undefined => {
      const suffix = order[at];
      return suffix === undefined ? undefined : this.trees.text.open(suffix, Math.min(n, suffix + piece.length));
    };
    return {
      order: n === 0 ? undefined : this.#numbers("order", Math.max(0, rank - 1), Math.min(n, rank + 1)),
      below: suffixAt(rank - 1),
      above: suffixAt(rank),
    };
  }

  #head(suffix: number): SuffixHead {
    const next = suffix + 1;
    return {
      text: this.trees.text.open(suffix, next),
      rest: next === this.arrays.text.length ? undefined : this.#numbers("ranks", next, next + 1),
    };
  }

  #openRecord(place: number): MatchOpening {
    return this.#numbers("starts", place, Math.min(this.parts.recordCount, place + 2));
  }

  #numbers(column: Exclude<MatchColumn, "text">, from: number, to: number): MatchOpening {
    return this.trees[column].open(4 * from, 4 * to);
  }
}
