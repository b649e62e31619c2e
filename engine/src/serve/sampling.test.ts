import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mostLikely, sampleToken, uniform } from "./sampling.js";

const SEED = new Uint8Array(32).fill(7);
const ALL = { temperatureMilli: 1000, topK: 0, topPMilli: 1000, seed: SEED };

describe("sampling", () => {
  test("is greedy at temperature 0, by the lowest index of equals", () => {
    const logits = Float32Array.of(1, 5, 5, 2);

    expect(sampleToken(logits, { ...ALL, temperatureMilli: 0 }, 0)).toBe(1);
    expect(mostLikely(logits)).toBe(1);
  });

  test("draws by the softmax", () => {
    const logits = Float32Array.of(0, Math.log(3), -30);
    const counts = [0, 0, 0];
    for (let position = 0; position < 4000; position++) counts[sampleToken(logits, ALL, position)]!++;

    expect(counts[2]).toBe(0);
    expect(counts[1]! / 4000).toBeGreaterThan(0.72);
    expect(counts[1]! / 4000).toBeLessThan(0.78);
  });

  test("keeps to the k most likely and to the fewest that reach p", () => {
    const logits = Float32Array.from([0.5, 0.3, 0.15, 0.05], Math.log);
    const drawn = (rule: object) =>
      new Set(Array.from({ length: 500 }, (_, i) => sampleToken(logits, { ...ALL, ...rule }, i)));

    expect(drawn({ topK: 1 })).toEqual(new Set([0]));
    expect(drawn({ topK: 2 })).toEqual(new Set([0, 1]));
    expect(drawn({ topPMilli: 500 })).toEqual(new Set([0]));
    expect(drawn({ topPMilli: 510 })).toEqual(new Set([0, 1]));
    expect(drawn({ topPMilli: 960 })).toEqual(new Set([0, 1, 2, 3]));
    expect(drawn({ topPMilli: 1 })).toEqual(new Set([0]));
  });

  test("ranks equal tokens by index, so that a cut between them is fixed", () => {
    const logits = new Float32Array(8);

    const drawn = new Set(Array.from({ length: 300 }, (_, i) => sampleToken(logits, { ...ALL, topK: 3 }, i)));

    expect(drawn).toEqual(new Set([0, 1, 2]));
  });

  test("draws from the same tokens as a sort of the whole vocabulary", () => {
    const logits = fc.array(fc.integer({ min: -30, max: 30 }), { minLength: 1, maxLength: 60 });
    const rule = fc.record({ topK: fc.integer({ min: 0, max: 70 }), topPMilli: fc.integer({ min: 1, max: 1000 }) });
    fc.assert(
      fc.property(logits, rule, fc.nat({ max: 1000 }), (values, cut, position) => {
        const weights = values.map((value) => Math.exp(value - Math.max(...values)));
        const order = [...values.keys()].sort((a, b) => values[b]! - values[a]! || a - b);
        const kept = cut.topK === 0 ? order : order.slice(0, cut.topK);
        const total = kept.reduce((sum, token) => sum + weights[token]!, 0);
        let mass = 0;
        const allowed = kept.filter((token, i) => {
          const open = i === 0 || mass < (total * cut.topPMilli) / 1000 + 1e-9;
          mass += weights[token]!;
          return open;
        });

        expect(allowed).toContain(sampleToken(Float32Array.from(values), { ...ALL, ...cut }, position));
      }),
      { numRuns: 500 },
    );
  });

  test("is a function of logits, rule, seed and position", () => {
    const logits = fc.array(fc.float({ min: -20, max: 20, noNaN: true }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(logits, fc.nat({ max: 1e6 }), fc.uint8Array({ minLength: 32, maxLength: 32 }), (values, at, seed) => {
        const rule = { ...ALL, seed, topPMilli: 900, topK: 20 };
        const token = sampleToken(Float32Array.from(values), rule, at);

        expect(sampleToken(Float32Array.from(values), rule, at)).toBe(token);
        expect(token).toBeLessThan(values.length);
      }),
    );
  });

  test("takes its randomness from SHA-256 of seed and position", () => {
    const digest = createHash("sha256").update(SEED).update(Buffer.from("0000000000000102", "hex")).digest("hex");

    expect(uniform(SEED, 0x102)).toBe(Number(BigInt(`0x${digest.slice(0, 16)}`) >> 11n) / 2 ** 53);
  });
});
