import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_TEXT_BYTES, suffixArray } from "./suffixArray.js";

/** By comparing every suffix with every other. */
function sorted(text: Uint8Array): number[] {
  const bytes = Buffer.from(text);
  return [...text.keys()].sort((a, b) => Buffer.compare(bytes.subarray(a), bytes.subarray(b)));
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("suffixArray", () => {
  it.each([
    ["nothing", ""],
    ["one byte", "a"],
    ["the textbook's", "banana"],
    ["equal bytes", "aaaaaaaaaaaa"],
    ["falling", "zyxwvu"],
    ["rising", "abcdef"],
    ["two turns", "mmiissiissiippii"],
    ["repetition in repetition", "abaababaabaababaababa".repeat(9)],
  ])("orders %s", (_, text) => {
    expect([...suffixArray(bytes(text))]).toEqual(sorted(bytes(text)));
  });

  it("orders whatever bytes there are", () => {
    const alphabets = [1, 2, 3, 5, 255].map((max) => fc.uint8Array({ max, maxLength: 200 }));
    fc.assert(
      fc.property(fc.oneof(...alphabets), (text) => {
        expect([...suffixArray(text)]).toEqual(sorted(text));
      }),
      { numRuns: 400 },
    );
  });

  // a Fibonacci word has the most repetitions there can be; a square of long pieces names every level anew
  it("orders long texts that repeat themselves", () => {
    let [a, b] = ["a", "ab"];
    while (b.length < 5000) [a, b] = [b, b + a];
    const text = bytes(b + b);
    expect([...suffixArray(text)]).toEqual(sorted(text));
  });

  it("refuses what would not fit", () => {
    expect(() => suffixArray({ length: MAX_TEXT_BYTES + 1 } as Uint8Array)).toThrow(/at most 67108864 bytes/);
  });
});
