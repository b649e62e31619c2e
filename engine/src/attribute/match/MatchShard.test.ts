import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MatchShard } from "./MatchShard.js";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** By looking at every place of every record. */
function occurrences(records: readonly Uint8Array[], piece: Uint8Array): { record: number; offset: number }[] {
  return records.flatMap((record, i) =>
    [...record.keys()]
      .filter((offset) => Buffer.compare(record.subarray(offset, offset + piece.length), piece) === 0)
      .map((offset) => ({ record: i, offset })),
  );
}

function found(shard: MatchShard, query: Uint8Array, from: number, to: number) {
  const { first, end } = shard.occurrences(query, from, to);
  return [...shard.order.subarray(first, end)]
    .map((position) => shard.placeOf(position))
    .sort((a, b) => a.record - b.record || a.offset - b.offset);
}

describe("MatchShard", () => {
  it("finds a piece wherever it stands, and over no two records", () => {
    const shard = MatchShard.of([bytes("the cat sat"), bytes("on the mat"), bytes(""), bytes("the cat")], 10);
    const query = bytes("a cat on the mat");

    expect(shard.longest(query, 1)).toBe(5);
    expect(found(shard, query, 2, 5)).toEqual([
      { record: 10, offset: 4 },
      { record: 13, offset: 4 },
    ]);
    expect(shard.longest(query, 6)).toBe(10);
    expect(found(shard, bytes("sat"), 0, 3)).toEqual([{ record: 10, offset: 8 }]);
    expect(shard.longest(bytes("saton the"), 0)).toBe(3);
    expect(found(shard, bytes("dog"), 0, 3)).toEqual([]);
    expect(shard.longest(bytes("dog"), 0)).toBe(0);
  });

  it("says of any records what looking everywhere says", () => {
    const record = fc.uint8Array({ max: 3, maxLength: 40 });
    fc.assert(
      fc.property(
        fc.array(record, { maxLength: 6 }),
        fc.uint8Array({ max: 4, minLength: 2, maxLength: 30 }),
        (records, query) => {
          const shard = MatchShard.of(records);
          for (let from = 0; from + 2 <= query.length; from++) {
            let longest = 0;
            for (let to = from + 2; to <= query.length; to++) {
              const everywhere = occurrences(records, query.subarray(from, to));
              expect(found(shard, query, from, to)).toEqual(everywhere);
              if (everywhere.length > 0) longest = to - from;
            }
            expect(shard.longest(query, from)).toBe(longest);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it("refuses a byte that would end a record", () => {
    expect(() => MatchShard.of([bytes("a"), Uint8Array.of(65, 0xff)], 5)).toThrow(
      /record 6 is not UTF-8: byte 1 is 0xff/,
    );
  });
});
