import { describe, expect, it } from "vitest";
import { askedQueries } from "./askedQueries.js";

/** A token a word, its number. */
const tokenizer = { encode: (text: string) => (text === "" ? [] : text.split(" ").map(Number)) };
const words = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i).join(" ");

describe("askedQueries", () => {
  it("asks for what follows a prompt, or a text's first quarter", () => {
    const texts = [
      { prompt: words(0, 5), text: words(5, 20) },
      { prompt: "", text: words(100, 20) },
    ];

    const [answered, plain] = askedQueries(texts, tokenizer, { count: 2, length: 22 });

    expect(answered).toEqual({ ids: Array.from({ length: 22 }, (_, i) => i), from: 5 });
    expect(plain).toEqual({ ids: Array.from({ length: 20 }, (_, i) => 100 + i), from: 5 });
  });

  it("leaves out what is short or all prompt, and spreads over the rest", () => {
    const texts = [
      { prompt: "", text: words(0, 15) },
      { prompt: words(0, 30), text: words(30, 5) },
      ...Array.from({ length: 10 }, (_, i) => ({ prompt: "", text: words(1000 * (i + 1), 16) })),
    ];

    const asked = askedQueries(texts, tokenizer, { count: 5, length: 30 });

    expect(asked.map(({ ids }) => ids[0])).toEqual([1000, 3000, 5000, 7000, 9000]);
    expect(askedQueries(texts, tokenizer, { count: 99, length: 30 })).toHaveLength(10);
    expect(() => askedQueries(texts.slice(0, 2), tokenizer, { count: 5, length: 30 })).toThrow(
      expect.objectContaining({ code: "too_little" }),
    );
  });
});
