import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { basisSample, sampleHash } from "./basisSample.js";
import { RECORDS, SUBJECT } from "./testGradients.js";

const root = SUBJECT.adapterWeightsRoot;
const texts = fc.uniqueArray(fc.array(fc.nat(9), { maxLength: 3 }), { maxLength: 40, selector: String });

describe("basisSample", () => {
  it("takes a sixth of the records that have tokens, rounded up, by what they say and not by where they stand", () => {
    fc.assert(
      fc.property(texts, fc.gen(), (records, g) => {
        const shuffled = g(() => fc.shuffledSubarray(records, { minLength: records.length }));
        const said = (of: readonly number[][]) => basisSample(of, root).map((place) => String(of[place]));
        const counted = records.filter(({ length }) => length > 0).length;

        expect(said(records)).toHaveLength(Math.ceil(counted / 6));
        expect(said(shuffled).sort()).toEqual(said(records).sort());
        expect(said(records)).not.toContain("");
      }),
    );
  });

  it("follows the rule that a file states", () => {
    const keyOf = (ids: readonly number[]) => {
      const bytes = Buffer.concat(ids.map((id) => Buffer.from([0, 0, 0, id])));
      const tokens = createHash("sha256").update(bytes).digest();
      return createHash("sha256")
        .update(Buffer.from(root.slice(2), "hex"))
        .update(tokens)
        .digest("hex");
    };
    const first = [...RECORDS.keys()].sort((a, b) => (keyOf(RECORDS[a]!) < keyOf(RECORDS[b]!) ? -1 : 1)).slice(0, 4);

    expect(basisSample(RECORDS, root)).toEqual(first.sort((a, b) => a - b));
    expect(basisSample(RECORDS, `0x${"11".repeat(32)}`)).not.toEqual(first);
  });

  it("takes the first of equal texts, and none of none", () => {
    expect(basisSample(Array(12).fill([1, 2]), root)).toEqual([0, 1]);
    expect(basisSample([[], []], root)).toEqual([]);
  });

  it("is hashed in the order of places", () => {
    const hash = (sample: number[]) => Buffer.from(sampleHash(RECORDS, sample)).toString("hex");
    expect(hash([1, 2])).not.toBe(hash([2, 1]));
    expect(hash([])).toBe(createHash("sha256").digest("hex"));
  });
});
