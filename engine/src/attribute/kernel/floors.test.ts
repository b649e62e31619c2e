import { describe, expect, test } from "vitest";
import { Random } from "../../train/random.js";
import { CODE_BYTES, type PositionCodes } from "../codes.js";
import { creditRecords } from "./creditRecords.js";
import { floorFor, shareFloors } from "./floors.js";
import type { KernelIndex } from "./KernelIndex.js";
import { PostingIndex, Postings } from "./Postings.js";

/** Texts over 40 tokens whose codes have nothing to do with each other. */
function randomTexts(seed: number, count: number, length: number): PositionCodes[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => ({
    ids: Uint32Array.from({ length }, () => random.below(40)),
    surprises: Uint8Array.from({ length }, () => 40 + random.below(88)),
    codes: Uint8Array.from({ length: length * CODE_BYTES }, () => random.below(256)),
  }));
}

function kernelIndex(rows: readonly PositionCodes[]): KernelIndex {
  const postings = new Postings(rows);
  return new PostingIndex(postings, new Int16Array(postings.targets.length));
}

describe("floors", () => {
  const index = kernelIndex(randomTexts(1, 400, 100));
  const floors = shareFloors(index, randomTexts(2, 60, 135));

  test("fall with the length of the answer and stay at the longest decoy's", () => {
    expect([...floors]).toEqual([...floors].sort((a, b) => b - a));
    expect(floors[8]).toBe(floors[7]);
    expect(floorFor(floors, 1)).toBe(floors[0]);
    expect(floorFor(floors, 63)).toBe(floors[5]);
    expect(floorFor(floors, 64)).toBe(floors[6]);
    expect(floorFor(floors, 100_000)).toBe(floors[8]);
  });

  test("let texts like the decoys pay out about half of themselves", () => {
    const fresh = randomTexts(3, 60, 64);
    let [paid, all] = [0, 0];
    for (const answer of fresh) {
      const { credits, weight } = creditRecords([index], answer);
      for (const credit of credits[0]!.values()) {
        const share = Math.floor(credit / weight);
        all += share;
        if (share >= floorFor(floors, 64)) paid += share;
      }
    }

    expect(paid / fresh.length / 2 ** 16).toBeGreaterThan(3 / 8);
    expect(paid / fresh.length / 2 ** 16).toBeLessThan(5 / 8);
    expect(all / fresh.length / 2 ** 16).toBeGreaterThan(5 / 8);
  });

  test("do not trust a few long decoys", () => {
    // of tokens that no record has: by these alone nothing is chance
    const long = randomTexts(4, 16, 263).map((text) => ({ ...text, ids: text.ids.map((id) => id + 40) }));
    const few = shareFloors(index, [...randomTexts(2, 60, 107), ...long.slice(1)]);
    const enough = shareFloors(index, [...randomTexts(2, 60, 107), ...long]);

    expect(few[8]).toBe(few[6]);
    expect(few[6]).toBeGreaterThan(1);
    expect(enough[8]).toBe(1);
  });

  test("begin behind what continuity reads: a decoy of 7 tokens says nothing", () => {
    expect(shareFloors(index, [...randomTexts(2, 60, 135), ...randomTexts(5, 40, 7)])).toEqual(floors);
  });

  test("are the whole without decoys: nothing is paid that cannot be told from chance", () => {
    expect([...shareFloors(index, [])]).toEqual(new Array(9).fill(2 ** 16));
  });
});
