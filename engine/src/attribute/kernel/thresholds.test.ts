import { describe, expect, test } from "vitest";
import { Random } from "../../train/random.js";
import { CODE_BYTES, type PositionCodes } from "../codes.js";
import { Postings } from "./Postings.js";
import { tokenThresholds } from "./thresholds.js";

function randomCodes(random: Random, ids: readonly number[]): PositionCodes {
  return {
    ids: Uint32Array.from(ids),
    surprises: new Uint8Array(ids.length).fill(100),
    codes: Uint8Array.from({ length: ids.length * CODE_BYTES }, () => random.below(256)),
  };
}

describe("thresholds", () => {
  test("let some sixty postings pass for a decoy, however many a token has, more of short lists, and all of a few hundred", () => {
    const random = new Random(5);
    const sizes = [10, 700, 2000, 8000];
    const rows = sizes.flatMap((size, y) =>
      Array.from({ length: Math.ceil(size / 250) }, (_, i) =>
        randomCodes(random, new Array(Math.min(250, size - 250 * i)).fill(y)),
      ),
    );
    const decoys = sizes.map((_, y) => randomCodes(random, new Array(64).fill(y)));
    const postings = new Postings(rows);

    const thresholds = tokenThresholds(postings, decoys);

    expect([...thresholds]).toEqual([...thresholds].sort((a, b) => a - b));
    const fresh = sizes.map((_, y) => randomCodes(random, new Array(64).fill(y)));
    sizes.forEach((_, y) => {
      let passed = 0;
      for (let d = 0; d < 64; d++) {
        for (let p = postings.begin(y); p < postings.end(y); p++) {
          let dot = 128;
          for (let byte = 0; byte < CODE_BYTES; byte++) {
            let x = fresh[y]!.codes[d * CODE_BYTES + byte]! ^ postings.codes[p * CODE_BYTES + byte]!;
            for (; x > 0; x &= x - 1) dot -= 2;
          }
          if (dot > thresholds[y]!) passed++;
        }
      }
      const most = Math.max(64, 2 ** 18 / sizes[y]!);
      expect(passed / 64).toBeLessThan(1.25 * most);
      if (sizes[y]! >= 2000) expect(passed / 64).toBeGreaterThan(most / 2);
    });
    expect([...thresholds.slice(0, 2)]).toEqual([0, 0]);
    // Of 128 random bits one code in 14 agrees in 73 or more: dot 18; one in 125 in 78: dot 28.
    expect(thresholds[2]).toBeGreaterThanOrEqual(14);
    expect(thresholds[2]).toBeLessThanOrEqual(20);
    expect(thresholds[3]).toBeGreaterThanOrEqual(24);
    expect(thresholds[3]).toBeLessThanOrEqual(30);
  });

  test("of an index without decoys are zero", () => {
    const rows = [randomCodes(new Random(1), [1, 2, 3])];

    expect([...tokenThresholds(new Postings(rows), [])]).toEqual([0, 0, 0]);
  });
});
