import fc from "fast-check";
import { expect, test } from "vitest";
import { shortened, shown } from "./shown.js";

test.each<[unknown, string]>([
  [undefined, "none"],
  [null, "null"],
  [7.5, "7.5"],
  [Number.POSITIVE_INFINITY, "Infinity"],
  ["text", '"text"'],
  ["a\n", '"a\\n"'],
  [[2, -3], "[2,-3]"],
  [["a", null], '["a",null]'],
  [[[1]], "a list of 1"],
  [Array.from({ length: 9 }, () => 1), "a list of 9"],
  [{ a: 1 }, "an object"],
  [{ toString: 1, valueOf: 1, toJSON: 1 }, "an object"],
])("%j is shown as %s", (value, text) => {
  expect(shown(value)).toBe(text);
});

test("whatever is shown is short", () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), fc.string({ maxLength: 500 }), (value, text) => {
      for (const short of [shown(value), shown(text), shown([text, text]), shortened(text)]) {
        expect(short.length).toBeLessThanOrEqual(101);
      }
    }),
  );
  expect(shown("\0".repeat(1e6))).toMatch(/^"(\\u0000)+.{0,5}…$/);
  expect(shown(JSON.parse(`${"[".repeat(300_000)}${"]".repeat(300_000)}`))).toBe("a list of 1");
});
