import { describe, expect, it } from "vitest";
import { drawSubsets } from "./drawSubsets.js";

const names = ["a", "b", "c", "d", "e", "f"].map((letter) => `0x${letter.repeat(40)}`);
// 5 records each, in turns
const contributors = Array.from({ length: 30 }, (_, record) => names[record % 6]!);

describe("drawSubsets", () => {
  it("draws halves of the records, no two alike, the same ones again", () => {
    const sets = drawSubsets("rec", contributors, 40);

    expect(sets).toHaveLength(40);
    for (const set of sets) expect(new Set(set).size).toBe(15);
    expect(new Set(sets.map((set) => set.join(" "))).size).toBe(40);
    expect(drawSubsets("rec", contributors, 40)).toEqual(sets);
  });

  it("takes contributors whole, and stops where there are no other halves of them", () => {
    const sets = drawSubsets("con", contributors, 50);

    // 6 over 3
    expect(sets).toHaveLength(20);
    for (const set of sets) {
      const taken = new Set(set.map((record) => contributors[record]));
      expect(taken.size).toBe(3);
      expect(set).toEqual(contributors.flatMap((name, record) => (taken.has(name) ? [record] : [])));
    }
  });

  it("takes one who is written in two ways for one", () => {
    const shouted = contributors.map((name, record) => (record < 6 ? name.toUpperCase() : name));

    expect(drawSubsets("con", shouted, 50)).toHaveLength(20);
  });

  it("refuses what has too few halves", () => {
    const few = contributors.map((_, record) => names[record % 5]!);

    expect(() => drawSubsets("con", few, 50)).toThrow(expect.objectContaining({ code: "too_little" }));
    expect(() => drawSubsets("con", few, 50)).toThrow("halves of 6 contributors or more, the model has 5");
    expect(drawSubsets("rec", few, 3)).toHaveLength(3);
    expect(() => drawSubsets("rec", few.slice(0, 5), 50)).toThrow("6 records or more, the model has 5");
  });
});
