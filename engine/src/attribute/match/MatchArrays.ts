import type { MatchColumn, MatchIndexParts } from "@openledger/sdk";
import { AttributionError } from "../errors.js";
import type { Hex } from "../hex.js";

/** The columns of a match index as they lie in memory, right or wrong. */
export interface MatchArrays {
  /** `[n]`, each record and behind it `MATCH_RECORD_END`. */
  readonly text: Uint8Array;
  /** `[n]`, see `suffixArray`. */
  readonly order: Uint32Array;
  /** `[n]`, the place of each suffix in `order`. */
  readonly ranks: Uint32Array;
  /** `[records + 1]`, where each record begins, and n. */
  readonly starts: Uint32Array;
  /** Place of the first record in the Datanet version. */
  readonly firstRecord: number;
}

/** The bytes that are committed, made as they are read: numbers are uint32, big-endian. */
export interface Column {
  readonly byteLength: number;
  /** @param from, @param to Multiples of 4 in a column of numbers */
  read(from: number, to: number): Uint8Array;
}

export function columnsOf({ text, order, ranks, starts }: MatchArrays): Readonly<Record<MatchColumn, Column>> {
  return {
    text: { byteLength: text.length, read: (from, to) => text.subarray(from, to) },
    order: numbersColumn(order),
    ranks: numbersColumn(ranks),
    starts: numbersColumn(starts.subarray(0, -1)),
  };
}

/** What an index's root binds. */
export function partsOf(
  { text, starts, firstRecord }: Pick<MatchArrays, "text" | "starts" | "firstRecord">,
  rootOf: (name: MatchColumn) => Hex,
): MatchIndexParts {
  return {
    textBytes: text.length,
    recordCount: starts.length - 1,
    firstRecord,
    textRoot: rootOf("text"),
    orderRoot: rootOf("order"),
    ranksRoot: rootOf("ranks"),
    startsRoot: rootOf("starts"),
  };
}

function numbersColumn(numbers: Uint32Array): Column {
  return {
    byteLength: 4 * numbers.length,
    read: (from, to) => {
      const bytes = new Uint8Array(to - from);
      const view = new DataView(bytes.buffer);
      for (let at = from; at < to; at += 4) view.setUint32(at - from, numbers[at / 4]!);
      return bytes;
    },
  };
}

/**
 * `[n]`, the place of each suffix in `order`.
 *
 * @throws AttributionError `index_malformed` when the order is no permutation of 0 to n − 1, which alone has an inverse
 */
export function ranksOf(order: Uint32Array): Uint32Array {
  const n = order.length;
  const ranks = new Uint32Array(n);
  for (let rank = 0; rank < n; rank++) {
    const suffix = order[rank]!;
    if (suffix >= n || (rank > 0 && (ranks[suffix] !== 0 || suffix === order[0]))) {
      throw new AttributionError(
        "index_malformed",
        `match index: expected order[${rank}] below ${n} and unlike those before, found ${suffix}`,
      );
    }
    ranks[suffix] = rank;
  }
  return ranks;
}
