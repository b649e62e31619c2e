import {
  CommittedMatchIndex,
  MatchProofRefusedError,
  verifyMatchAbsence,
  verifyMatchArrayFault,
  verifyMatchCount,
  verifyMatchMaximality,
  verifyMatchPosition,
  verifyMatchRecordFault,
} from "@openledger/sdk";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MatchArrays } from "./MatchArrays.js";
import { MatchIndex } from "./MatchIndex.js";
import { MatchProver } from "./MatchProver.js";
import { LEAST_SPAN_BYTES, matchAnswer } from "./matchAnswer.js";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

async function proverOf(records: readonly Uint8Array[], firstRecord = 0): Promise<MatchProver> {
  return MatchProver.of((await MatchIndex.of(records, firstRecord)).arrays());
}

/** As whoever knows the root sees it. */
const opened = ({ root, parts }: MatchProver): CommittedMatchIndex => CommittedMatchIndex.open(root, parts);

/** By looking at every place of every record. */
function places(records: readonly Uint8Array[], piece: Uint8Array): { record: number; offset: number }[] {
  return records.flatMap((record, i) =>
    [...record.keys()]
      .filter((offset) => Buffer.compare(record.subarray(offset, offset + piece.length), piece) === 0)
      .map((offset) => ({ record: i, offset })),
  );
}

const anyRecords = fc.array(fc.uint8Array({ max: 2, maxLength: 400 }), { minLength: 1, maxLength: 4 });
const anyPiece = fc.uint8Array({ max: 3, minLength: 1, maxLength: 12 });

describe("MatchProver", () => {
  it("has the root of the index", async () => {
    const index = await MatchIndex.of([utf8("the cat"), utf8("sat")], 3);
    expect((await MatchProver.of(index.arrays())).root).toBe(index.root);
  });

  it("proves of any piece where, and how often, it stands, or that it does not", async () => {
    await fc.assert(
      fc.asyncProperty(anyRecords, fc.array(anyPiece, { maxLength: 8 }), fc.nat(), async (records, pieces, at) => {
        const prover = await proverOf(records);
        const index = opened(prover);
        // What stands there for sure, as long as it may be: over several blocks.
        const longest = records.reduce((most, record) => (record.length > most.length ? record : most));
        const part = longest.subarray(at % Math.max(1, longest.length));

        for (const piece of [...pieces, ...(part.length === 0 ? [] : [part])]) {
          const everywhere = places(records, piece);
          for (const place of everywhere.slice(0, 3)) {
            const { claim, proof } = prover.position(place, piece.length);
            expect(claim).toEqual({ piece, ...place });
            verifyMatchPosition(index, claim, proof);
          }
          if (everywhere.length > 0) {
            const { claim, proof } = prover.count(piece);
            expect(claim).toEqual({ piece, count: everywhere.length });
            verifyMatchCount(index, claim, proof);
            for (const count of [claim.count - 1, claim.count + 1]) {
              expect(() => verifyMatchCount(index, { piece, count }, proof)).toThrow(MatchProofRefusedError);
            }
            expect(() => prover.absence(piece)).toThrow(`occurs ${everywhere.length} times`);
          } else {
            const { claim, proof } = prover.absence(piece);
            verifyMatchAbsence(index, claim, proof);
            expect(() => prover.count(piece)).toThrow("does not occur");
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it("proves that what is cited of an answer cannot be extended", async () => {
    const text = fc
      .array(fc.constantFrom("a", "é", "ñ", "€"), { minLength: 8, maxLength: 40 })
      .map((all) => all.join(""));
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 3 }), text, async (records, around) => {
        const index = await MatchIndex.of(records.map(utf8));
        const prover = await MatchProver.of(index.arrays());
        const answer = utf8(around + records[0] + around);

        const spans = matchAnswer([index.shard], answer);
        if (records[0]!.length >= LEAST_SPAN_BYTES) expect(spans).not.toHaveLength(0);
        for (const span of spans) {
          const { claim, proof } = prover.maximality(answer, span);
          expect(claim).toEqual({ answer, from: span.from, to: span.to, count: span.count });
          verifyMatchMaximality(opened(prover), claim, proof);
          for (const place of span.places) {
            const { claim: at, proof: there } = prover.position(place, span.to - span.from);
            expect(at.piece).toEqual(answer.subarray(span.from, span.to));
            verifyMatchPosition(opened(prover), at, there);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it("refuses to prove what can be extended", async () => {
    const prover = await proverOf([utf8("the cat sat")]);
    expect(() => prover.maximality(utf8("a cat sat"), { from: 2, to: 9 })).toThrow(/occurs 1 times/);
    expect(() => prover.maximality(utf8("a cat sat"), { from: 1, to: 8 })).toThrow(/occurs 1 times/);
    expect(() => prover.position({ record: 0, offset: 8 }, 4)).toThrow(/record 0 has no 4 bytes at byte 8/);
    expect(() => prover.position({ record: 1, offset: 0 }, 1)).toThrow(/record 1 has no/);
    expect(() => prover.position({ record: 0, offset: -1 }, 1)).toThrow(/record 0 has no/);
    expect(() => prover.position({ record: 0, offset: 0 }, 0)).toThrow(/record 0 has no 0 bytes/);
  });

  it("refuses columns that do not fit", async () => {
    const arrays = (await MatchIndex.of([utf8("the cat")])).arrays();
    for (const part of [
      { order: arrays.order.subarray(1) },
      { ranks: arrays.ranks.subarray(1) },
      { starts: Uint32Array.of(0, 7) },
    ]) {
      await expect(MatchProver.of({ ...arrays, ...part })).rejects.toMatchObject({ code: "invalid_request" });
    }
  });

  it("proves a count by six openings, of no more blocks and siblings than they touch", async () => {
    const records = Array.from({ length: 64 }, (_, i) => utf8(`the ${i} of ${i * i} and ${i ** 3} `.repeat(8)));
    const prover = await proverOf(records);
    const { claim, proof } = prover.count(utf8("the 60 of 3600"));
    verifyMatchCount(opened(prover), claim, proof);

    // One block has as many siblings as its tree has levels; two beside each other have at most twice as many.
    const n = prover.arrays.text.length;
    const depth = (bytes: number): number => Math.ceil(Math.log2(Math.ceil(bytes / 256)));
    for (const { order, below, above } of [proof.low, proof.high]) {
      for (const [opening, levels] of [
        [order!, depth(4 * n)],
        [below!, depth(n)],
        [above!, depth(n)],
      ] as const) {
        const blocks = Math.ceil(opening.bytes.length / 256);
        expect(blocks).toBeLessThanOrEqual(2);
        expect(opening.siblings.length).toBeLessThanOrEqual(blocks * levels);
      }
    }
  });
});

describe("a wrong index", () => {
  type Change = (arrays: MatchArrays, a: number, b: number) => MatchArrays;
  const changed = (numbers: Uint32Array, entries: Record<number, number>): Uint32Array =>
    numbers.map((value, i) => entries[i] ?? value);

  const changes: Record<string, Change> = {
    "two entries changed over, ranks with them": (arrays, a, b) => {
      const { order, ranks } = arrays;
      return {
        ...arrays,
        order: changed(order, { [a]: order[b]!, [b]: order[a]! }),
        ranks: changed(ranks, { [order[a]!]: b, [order[b]!]: a }),
      };
    },
    "two entries changed over": (arrays, a, b) => ({
      ...arrays,
      order: changed(arrays.order, { [a]: arrays.order[b]!, [b]: arrays.order[a]! }),
    }),
    "an entry twice": (arrays, a, b) => ({ ...arrays, order: changed(arrays.order, { [a]: arrays.order[b]! }) }),
    "an entry at the text's end": (arrays, a) => ({
      ...arrays,
      order: changed(arrays.order, { [a]: arrays.text.length }),
    }),
    "an entry far beyond": (arrays, a) => ({ ...arrays, order: changed(arrays.order, { [a]: 2 ** 32 - 1 }) }),
    "a rank changed": (arrays, a, b) => ({ ...arrays, ranks: changed(arrays.ranks, { [a]: arrays.ranks[b]! }) }),
    "a rank beyond": (arrays, a) => ({ ...arrays, ranks: changed(arrays.ranks, { [a]: arrays.text.length }) }),
    "two ranks changed over": (arrays, a, b) => ({
      ...arrays,
      ranks: changed(arrays.ranks, { [a]: arrays.ranks[b]!, [b]: arrays.ranks[a]! }),
    }),
    "another text": (arrays, a) => ({
      ...arrays,
      // A byte that is greater than any, so that its suffix has to be the last of those that do not begin with an end.
      text: arrays.text.map((byte, i) => (i === a && byte !== 0xff ? 0xfe : byte)),
    }),
  };

  it.each(Object.entries(changes))("with %s is shown to be wrong", async (name, change) => {
    await fc.assert(
      fc.asyncProperty(anyRecords, fc.nat(), fc.nat(), async (records, a, b) => {
        const arrays = (await MatchIndex.of(records)).arrays();
        const n = arrays.text.length;
        const [first, second] = [a % n, b % n];
        fc.pre(first !== second);
        const wrong = change(arrays, first, second);
        const right = (await MatchIndex.of(recordsOf(wrong.text))).arrays();
        // another byte may leave the order as it was
        fc.pre(
          name !== "another text" ||
            Buffer.compare(Buffer.from(right.order.buffer), Buffer.from(wrong.order.buffer)) !== 0,
        );

        const prover = await MatchProver.of(wrong);
        const proof = prover.arrayFault();
        expect(proof).toBeDefined();
        verifyMatchArrayFault(opened(prover), proof!);

        const honest = await MatchProver.of(right);
        expect(() => verifyMatchArrayFault(opened(honest), proof!)).toThrow(MatchProofRefusedError);
      }),
      { numRuns: 40 },
    );
  });

  it("is not what sorting gives: no fault is found in that, and none verifies at any rank", async () => {
    const short = fc.array(fc.uint8Array({ max: 2, maxLength: 20 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(short, async (records) => {
        const prover = await proverOf(records);
        const index = opened(prover);
        expect(prover.arrayFault()).toBeUndefined();
        expect(prover.recordFault()).toBeUndefined();

        const n = prover.arrays.text.length;
        const attempts = Array.from({ length: n }, (_, rank) => [
          prover.openArrayFault({ kind: "beyond_text", rank }),
          prover.openArrayFault({ kind: "not_inverse", rank }),
          ...(rank + 1 < n ? [prover.openArrayFault({ kind: "not_ascending", rank })] : []),
        ]).flat();
        for (const attempt of attempts) {
          expect(() => verifyMatchArrayFault(index, attempt)).toThrow(MatchProofRefusedError);
        }
        for (let place = 0; place < records.length; place++) {
          const [start, end] = [prover.arrays.starts[place]!, prover.arrays.starts[place + 1]!];
          const bounds = prover.openRecordFault({ kind: "bounds", place });
          expect(() => verifyMatchRecordFault(index, bounds)).toThrow(MatchProofRefusedError);
          for (let byte = start; byte < end; byte++) {
            const attempt = prover.openRecordFault({ kind: "end", place, byte });
            expect(() => verifyMatchRecordFault(index, attempt)).toThrow(MatchProofRefusedError);
          }
        }
      }),
      { numRuns: 25 },
    );
  });

  it("with other starts is shown to be wrong", async () => {
    await fc.assert(
      fc.asyncProperty(anyRecords, fc.nat(), fc.nat(), async (records, a, b) => {
        const arrays = (await MatchIndex.of(records)).arrays();
        const place = a % records.length;
        const start = b % (arrays.text.length + 2);
        fc.pre(arrays.starts[place] !== start);

        const prover = await MatchProver.of({ ...arrays, starts: changed(arrays.starts, { [place]: start }) });
        const proof = prover.recordFault();
        expect(proof).toBeDefined();
        verifyMatchRecordFault(opened(prover), proof!);

        const honest = await MatchProver.of(arrays);
        expect(() => verifyMatchRecordFault(opened(honest), proof!)).toThrow(MatchProofRefusedError);
      }),
      { numRuns: 60 },
    );
  });

  function recordsOf(text: Uint8Array): Uint8Array[] {
    const records: Uint8Array[] = [];
    for (let at = 0; at < text.length; ) {
      const end = text.indexOf(0xff, at);
      records.push(text.subarray(at, end));
      at = end + 1;
    }
    return records;
  }
});
