import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Tokenizer } from "../model/tokenizer.js";
import { END_OF_TEXT, trainByteLevelBpe, WORD_PATTERN } from "./byte-level-bpe.js";
import { WordEncoder } from "./word-encoder.js";

const TEXTS = [
  "the cat sat on the mat; the hat was on the cat.",
  "function add(a, b) {\n  return a + b;\n}\n\n\tif (x) { y(); } // naïve — 数\n",
  "function sub(a, b) {\n    return a - b;\n}\n",
];

function mergesOf(json: string): [string, string][] {
  return (JSON.parse(json) as { model: { merges: [string, string][] } }).model.merges;
}

/** The textbook algorithm: count every pair afresh for every merge. */
function slowMerges(texts: readonly string[], count: number): [string, string][] {
  const words = texts.flatMap((text) => text.match(WORD_PATTERN) ?? []).map((w) => [...new TextEncoder().encode(w)]);
  const names = new Map<number, string>();
  const merges: [number, number][] = [];
  for (let next = 256; merges.length < count; next++) {
    const totals = new Map<string, number>();
    for (const word of words) {
      for (let i = 0; i + 1 < word.length; i++) {
        const pair = `${word[i]} ${word[i + 1]}`;
        totals.set(pair, (totals.get(pair) ?? 0) + 1);
      }
    }
    const ranked = [...totals].map(([pair, total]) => ({ pair: pair.split(" ").map(Number), total }));
    ranked.sort((a, b) => b.total - a.total || a.pair[0]! - b.pair[0]! || a.pair[1]! - b.pair[1]!);
    const best = ranked[0];
    if (best === undefined || best.total < 2) break;
    const [left, right] = best.pair as [number, number];
    merges.push([left, right]);
    for (const word of words) {
      for (let i = 0; i + 1 < word.length; i++) if (word[i] === left && word[i + 1] === right) word.splice(i, 2, next);
    }
  }
  const vocabulary = Object.entries(
    (JSON.parse(trainByteLevelBpe([], 257)) as { model: { vocab: Record<string, number> } }).model.vocab,
  );
  for (const [symbol, id] of vocabulary) if (id > 0) names.set(id - 1, symbol);
  return merges.map(([left, right], i) => {
    const pair: [string, string] = [names.get(left)!, names.get(right)!];
    names.set(256 + i, pair.join(""));
    return pair;
  });
}

describe("training", () => {
  test("joins the same pairs as the textbook algorithm", () => {
    expect(mergesOf(trainByteLevelBpe(TEXTS, 300))).toEqual(slowMerges(TEXTS, 43));
  });

  test("agrees with it on any text", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "c", " ", "ü"), minLength: 5, maxLength: 60 });
    fc.assert(
      fc.property(text, (sample) => {
        expect(mergesOf(trainByteLevelBpe([sample], 277))).toEqual(slowMerges([sample], 20));
      }),
      { numRuns: 50 },
    );
  });

  test("stops at the asked size, or when no pair occurs twice", () => {
    expect(Tokenizer.parse(trainByteLevelBpe(TEXTS, 270)).vocabulary).toBe(270);
    expect(Tokenizer.parse(trainByteLevelBpe(["abc"], 270)).vocabulary).toBe(257);
  });
});

describe("the tokenizer that is learned", () => {
  const tokenizer = Tokenizer.parse(trainByteLevelBpe(TEXTS, 320));

  test("gives every text back, and word by word the same tokens", () => {
    const encoder = new WordEncoder(tokenizer);
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom(...TEXTS)), (text) => {
        const ids = tokenizer.encode(text);
        expect(tokenizer.decode(ids)).toBe(text);
        expect(encoder.encode(text)).toEqual(ids);
      }),
    );
  });

  test("needs fewer tokens than bytes", () => {
    expect(tokenizer.encode(TEXTS[0]!).length).toBeLessThan(TEXTS[0]!.length / 2);
    expect(tokenizer.decode([0])).toBe(END_OF_TEXT);
  });
});
