import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MatchShard } from "./MatchShard.js";
import { LEAST_SPAN_BYTES, matchAnswer } from "./matchAnswer.js";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("matchAnswer", () => {
  it("cites what stands in the records, by record and offset", () => {
    const shards = [
      MatchShard.of([utf8("in the beginning was the word"), utf8("and the word was there")]),
      MatchShard.of([utf8("they say: and the word was good")], 2),
    ];
    const answer = utf8("Well, in the beginning was light/and the word was out.");

    expect(matchAnswer(shards, answer)).toEqual([
      { from: 6, to: 27, count: 1, places: [{ record: 0, offset: 0 }] },
      {
        from: 33,
        to: 50,
        count: 2,
        places: [
          { record: 1, offset: 0 },
          { record: 2, offset: 10 },
        ],
      },
    ]);
  });

  it("cites no part of what stands whole, though half a character more of it does elsewhere", () => {
    // The last record has not the x, but a character behind the fox that begins with the same byte as é.
    const records = [
      "a rare text of its own x",
      "x the quick brown fox.",
      "x the quick brown fox!",
      "the quick brown foxñ",
    ];
    const answer = utf8("a rare text of its own x the quick brown foxé and no more of it");

    expect(matchAnswer([MatchShard.of(records.map(utf8))], answer)).toEqual([
      { from: 0, to: 24, count: 1, places: [{ record: 0, offset: 0 }] },
    ]);
  });

  it("cites whole characters that no record has with one more", () => {
    const letters = fc.array(fc.constantFrom("a", "é", "ñ", "à", "€", "₤"), { maxLength: 60 });
    const text = letters.map((all) => all.join(""));
    fc.assert(
      fc.property(fc.array(text, { maxLength: 3 }), text, fc.nat(), fc.nat(), (records, around, a, b) => {
        // A part of a record in the answer, so that there is something to find.
        const source = [...(records[0] ?? "")];
        const part = source.slice(a % (source.length + 1)).join("");
        const answer = around.slice(0, b % (around.length + 1)) + part + around.slice(b % (around.length + 1));
        const spans = matchAnswer([MatchShard.of(records.map(utf8))], utf8(answer));

        for (const { from, to, count } of spans) {
          expect(to - from).toBeGreaterThanOrEqual(LEAST_SPAN_BYTES);
          const [before, span, after] = [
            decode(utf8(answer).subarray(0, from)),
            decode(utf8(answer).subarray(from, to)),
            decode(utf8(answer).subarray(to)),
          ];
          expect(before + span + after).toBe(answer);
          expect(count).toBe(records.reduce((sum, record) => sum + timesIn(record, span), 0));
          if (before !== "") expect(records.some((record) => record.includes(before.at(-1) + span))).toBe(false);
          if (after !== "") expect(records.some((record) => record.includes(span + after.at(0)))).toBe(false);
        }
      }),
      { numRuns: 500 },
    );
  });
});

/** @throws TypeError when a character is split */
function decode(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}

function timesIn(record: string, span: string): number {
  return [...record].filter((_, at) => record.startsWith(span, at)).length;
}
