import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalText, chunkText } from "./chunk.js";
import { collectSeed } from "./collect.js";
import { ALLOWED_LICENCES, LicenceNotAllowedError, requireAllowedLicence } from "./licences.js";
import { seedPackages } from "./packages.js";

const words = (piece: string) => piece.split(/\s+/).filter(Boolean).length;

describe("chunkText", () => {
  test("keeps every piece within the limit and every piece a part of the text", () => {
    const line = fc.array(fc.constantFrom("alpha", "beta", "gamma", ""), { maxLength: 12 }).map((w) => w.join(" "));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 60 }), fc.integer({ min: 4, max: 20 }), (lines, maxTokens) => {
        const text = canonicalText(lines.join("\n"));

        const pieces = chunkText(text, { maxTokens, minBytes: 1 }, words);

        let from = 0;
        for (const piece of pieces) {
          expect(words(piece)).toBeLessThanOrEqual(maxTokens);
          const at = text.indexOf(piece, from);
          expect(at).toBeGreaterThanOrEqual(from);
          from = at + piece.length;
        }
      }),
    );
  });

  test("prefers blank lines to end a piece", () => {
    const text = "a b c\n\nd e f\n\ng h i\nj k l";

    expect(chunkText(text, { maxTokens: 9, minBytes: 1 }, words)).toEqual(["a b c\n\nd e f", "g h i\nj k l"]);
  });

  test("leaves out a line that is too long alone", () => {
    expect(chunkText("a b\nc d e f\ng h", { maxTokens: 3, minBytes: 1 }, words)).toEqual(["a b", "g h"]);
  });
});

describe("the seed packages", () => {
  test("carry licences of the allow-list, as installed", async () => {
    const packages = await seedPackages();
    expect(packages.length).toBeGreaterThanOrEqual(6);

    for (const seed of packages) {
      const contribution = await collectSeed(seed, {
        limits: { maxTokens: 100, minBytes: 120 },
        recordsPerPackage: 80,
        heldOutPerPackage: 20,
        countTokens: words,
      });

      expect(ALLOWED_LICENCES).toContain(contribution.licence);
      expect(contribution.records).toHaveLength(80);
      expect(contribution.heldOut).toHaveLength(20);
      const texts = [...contribution.records, ...contribution.heldOut].map((record) => record.text);
      expect(new Set(texts).size).toBe(100);
    }
  });

  test("refuse a licence that is not on the list", () => {
    expect(() => requireAllowedLicence("somebody", "BUSL-1.1")).toThrow(LicenceNotAllowedError);
    expect(() => requireAllowedLicence("somebody", undefined)).toThrow(/"undefined"/);
  });
});
