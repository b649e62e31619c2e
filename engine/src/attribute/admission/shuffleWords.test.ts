import fc from "fast-check";
import { expect, it } from "vitest";
import { shuffleWords } from "./shuffleWords.js";

const sorted = (text: string): string => [...text].sort().join("");

it("keeps the words and the spaces between, in another order", () => {
  const text = "The keeper wrote of\n  the storm that put out\tevery lamp";

  const shuffled = shuffleWords(text, 3);

  expect(shuffled).not.toBe(text);
  expect(shuffled.split(/\s+/).sort()).toEqual(text.split(/\s+/).sort());
  expect(shuffled.match(/\s+/g)).toEqual(text.match(/\s+/g));
  expect(shuffleWords(text, 3)).toBe(shuffled);
  expect(shuffleWords(text, 4)).not.toBe(shuffled);
});

it.each([
  ["a line without spaces", "0123456789abcdef".repeat(5)],
  ["a script without spaces", "孩子们跑来跑去问他海的那边有什么"],
])("takes %s apart", (_what, text) => {
  const shuffled = shuffleWords(text, 1);

  expect(shuffled).not.toBe(text);
  expect(sorted(shuffled)).toBe(sorted(text));
});

it("leaves a hash whole", () => {
  const hash = "0123456789abcdef".repeat(4);

  expect(shuffleWords(`${hash}\n${hash}`, 1)).toBe(`${hash}\n${hash}`);
});

it("loses nothing of any text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.nat(), (text, seed) => {
      expect(sorted(shuffleWords(text, seed))).toBe(sorted(text));
    }),
  );
});
