import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CopySearch } from "./CopySearch.js";
import { SHINGLE_BYTES, shingleHashes } from "./shingles.js";

const bytes = (text: string) => new TextEncoder().encode(text);
const WORDS =
  "tide lamp orchard brass river stone candle north winter bridge letter copper sail meadow thunder glass".split(" ");

/** A text of so many words, of its own for each seed. */
function written(seed: number, words = 60): string[] {
  let state = seed * 2654435761 + 1;
  return Array.from({ length: words }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return `${WORDS[(state >>> 16) % WORDS.length]}${(state >>> 8) % 10}`;
  });
}

/** One word in so many replaced. */
function edited(words: readonly string[], every: number): string[] {
  return words.map((word, i) => (i % every === every - 1 ? `x${word}` : word));
}

describe("CopySearch", () => {
  const search = new CopySearch();
  for (let seed = 1; seed <= 50; seed++) search.add(bytes(written(seed).join(" ")));

  it("names the record that a text was copied from, whole, lightly edited, or inside of more", () => {
    const copied = written(7);

    expect(search.find(bytes(copied.join(" ")))).toMatchObject({ record: 6, containment: 1 });
    expect(search.find(bytes(edited(copied, 10).join(" ")))).toMatchObject({ record: 6 });
    expect(search.find(bytes([...written(900, 40), ...copied].join(" ")))).toMatchObject({ record: 6 });
    expect(search.find(bytes(copied.slice(20, 40).join(" ")))).toMatchObject({ record: 6, containment: 1 });
  });

  it("leaves alone what was written apart, and what quotes a little", () => {
    expect(search.find(bytes(written(901).join(" ")))).toBeUndefined();
    expect(search.find(bytes([...written(902), ...written(7).slice(0, 12)].join(" ")))).toBeUndefined();
    expect(search.find(bytes("tide1"))).toBeUndefined();
    expect(search.find(new Uint8Array())).toBeUndefined();
  });

  it("gives places that anyone can compare", () => {
    const text = bytes(edited(written(7), 12).join(" "));
    const { shared, record } = search.find(text)!;
    const earlier = bytes(written(record + 1).join(" "));

    expect(shared.length).toBeGreaterThan(100);
    for (const [at, place] of shared) {
      expect(text.slice(at, at + SHINGLE_BYTES)).toEqual(earlier.slice(place, place + SHINGLE_BYTES));
    }
  });

  it("credits the first of equal records", () => {
    const twice = new CopySearch();
    for (const seed of [3, 4, 3]) twice.add(bytes(written(seed).join(" ")));
    expect(twice.find(bytes(written(3).join(" ")))).toMatchObject({ record: 0 });
  });

  it("is not drowned by what everybody writes", () => {
    const header = written(999, 30).join(" ");
    const many = new CopySearch();
    for (let seed = 1; seed <= 200; seed++) many.add(bytes(`${header} ${written(seed).join(" ")}`));
    expect(many.find(bytes(`${header} ${written(150).join(" ")}`))).toMatchObject({ record: 149, containment: 1 });
  });

  it("refuses a record above 8 KiB", () => {
    expect(() => search.find(new Uint8Array(8193))).toThrow(/8193 bytes, at most 8192/);
    expect(() => search.add(new Uint8Array(8193))).toThrow(/split it/);
  });
});

describe("shingleHashes", () => {
  it("depends on a shingle's bytes alone, wherever it stands", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: SHINGLE_BYTES, maxLength: 80 }),
        fc.uint8Array({ maxLength: 20 }),
        (text, before) => {
          const moved = Uint8Array.from([...before, ...text]);
          expect([...shingleHashes(moved).slice(before.length)]).toEqual([...shingleHashes(text)]);
        },
      ),
    );
  });

  it("tells texts of a few letters apart", () => {
    const all = Array.from({ length: 4096 }, (_, i) => bytes(i.toString(4).padStart(SHINGLE_BYTES, "0")));
    expect(new Set(all.map((text) => shingleHashes(text)[0])).size).toBe(4096);
  });
});
