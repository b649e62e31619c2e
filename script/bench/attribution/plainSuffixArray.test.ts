import { Random } from "@openledger/engine";
import { expect, test } from "vitest";
import { plainSuffixArray } from "./plainSuffixArray.js";

test("the peer sorts suffixes", () => {
  const random = new Random(3);
  const texts = [0, 1, 2, 3, 50, 400].flatMap((n) =>
    [1, 2, 4, 256].map((symbols) => Uint8Array.from({ length: n }, () => random.below(symbols))),
  );
  texts.push(new TextEncoder().encode("mississippi river, mississippi mud, banana, anana"));
  for (const text of texts) {
    const suffixes = Array.from(text, (_, i) => i).sort((a, b) => Buffer.compare(text.subarray(a), text.subarray(b)));
    expect([...plainSuffixArray(text)]).toEqual(suffixes);
  }
});
