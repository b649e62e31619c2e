import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { integerLogits, type SamplingRule, sampleToken, WEIGHT_TABLE } from "./index.js";
import { referenceSample } from "./referenceSample.js";
import { samplingVectors } from "./vectorDocument.js";

const SEED = new Uint8Array(32).fill(7);
const ALL: SamplingRule = {
  temperatureMilli: 1000,
  topK: 0,
  topPMilli: 1000,
  repetitionPenaltyMilli: 1000,
  seed: SEED,
};
const NONE: ReadonlySet<number> = new Set();
const TABLE = [...WEIGHT_TABLE];
const LIMIT = 2 ** 23;

const rules = fc.record({
  temperatureMilli: fc.oneof(fc.constantFrom(0, 1, 100_000), fc.integer({ min: 1, max: 3000 })),
  topK: fc.oneof(fc.constantFrom(0, 1, 2 ** 20), fc.nat({ max: 70 })),
  topPMilli: fc.oneof(fc.constantFrom(1, 999, 1000), fc.integer({ min: 1, max: 1000 })),
  repetitionPenaltyMilli: fc.oneof(fc.constantFrom(100, 1000, 10_000), fc.integer({ min: 100, max: 10_000 })),
  seed: fc.uint8Array({ minLength: 32, maxLength: 32 }),
});
const row = (min: number, max: number) => fc.array(fc.integer({ min, max }), { minLength: 1, maxLength: 60 });
const rows = fc.oneof(
  row(-20_000, 20_000),
  row(-2, 2),
  row(-LIMIT, LIMIT),
  fc.array(fc.constantFrom(-LIMIT, 0, LIMIT), { minLength: 1, maxLength: 60 }),
  fc.tuple(fc.integer({ min: -LIMIT, max: LIMIT }), fc.integer({ min: 1, max: 60 })).map(([value, n]) => {
    return new Array<number>(n).fill(value);
  }),
);

describe("sampleToken", () => {
  test("draws what the reference draws, extremes included", () => {
    fc.assert(
      fc.property(rows, rules, fc.nat({ max: 2 ** 32 - 1 }), fc.array(fc.nat()), (logits, rule, position, tokens) => {
        const seen = tokens.map((token) => token % logits.length);
        const { token } = referenceSample(logits, rule, position, seen, TABLE);

        expect(sampleToken(Int32Array.from(logits), rule, position, new Set(seen))).toBe(token);
      }),
      { numRuns: 4000 },
    );
  });

  test("draws what the reference draws where one bucket holds many distances", () => {
    const logits = Array.from({ length: 400 }, (_, i) => (i * i * 7919) % 300_000);
    for (let topPMilli = 3; topPMilli <= 1000; topPMilli += 83) {
      for (const topK of [0, 3, 399]) {
        const rule = { ...ALL, temperatureMilli: 90_000, topPMilli, topK };
        const { token } = referenceSample(logits, rule, topPMilli, [], TABLE);
        expect(sampleToken(Int32Array.from(logits), rule, topPMilli, NONE)).toBe(token);
      }
    }
  });

  test("takes the lowest index of equals: greedy, and at the cut of top-k and of top-p", () => {
    const drawn = (logits: number[], rule: object) => {
      const all = Array.from({ length: 400 }, (_, i) =>
        sampleToken(Int32Array.from(logits), { ...ALL, ...rule }, i, NONE),
      );
      return [...new Set(all)].sort((a, b) => a - b);
    };

    expect(drawn([1, 5, 5, 2], { temperatureMilli: 0 })).toEqual([1]);
    expect(drawn([0, 0, 0, 0, 0, 0, 0, 0], { topK: 3 })).toEqual([0, 1, 2]);
    expect(drawn([0, 0, 0, 0, 0, 0, 0, 0], { topPMilli: 500 })).toEqual([0, 1, 2, 3]);
    expect(drawn([0, 0, 0, 0, 0, 0, 0, 0], { topPMilli: 501 })).toEqual([0, 1, 2, 3, 4]);
    expect(drawn([0, 0, 9, 0], { topK: 2, topPMilli: 1000 })).toEqual([0, 2]);
  });

  test("draws by the softmax", () => {
    const logits = integerLogits(Float32Array.of(0, Math.log(3), -30));
    const counts = [0, 0, 0];
    for (let position = 0; position < 4000; position++) counts[sampleToken(logits, ALL, position, NONE)]!++;

    expect(counts[2]).toBe(0);
    expect(counts[1]! / 4000).toBeGreaterThan(0.72);
    expect(counts[1]! / 4000).toBeLessThan(0.78);
  });

  test("lowers what was seen once, whatever its sign, rounding toward minus infinity", () => {
    const greedy = { ...ALL, temperatureMilli: 0, repetitionPenaltyMilli: 1300 };

    expect(sampleToken(Int32Array.of(1300, 1001), greedy, 0, new Set([0]))).toBe(1);
    expect(sampleToken(Int32Array.of(1300, 1000), greedy, 0, new Set([0]))).toBe(0);
    expect(sampleToken(Int32Array.of(1301, 1001), greedy, 0, new Set([0]))).toBe(1);
    expect(sampleToken(Int32Array.of(-1000, -1300), greedy, 0, new Set([0]))).toBe(0);
    expect(sampleToken(Int32Array.of(-1001, -1301), greedy, 0, new Set([0]))).toBe(1);
  });

  test("repeats the shared vectors", () => {
    const stored = JSON.parse(readFileSync(new URL("../../../../test/vectors/sampling.json", import.meta.url), "utf8"));

    expect(stored).toEqual(samplingVectors());
    for (const vector of samplingVectors().draw) {
      const rule = {
        temperatureMilli: Number(vector.temperatureMilli),
        topK: Number(vector.topK),
        topPMilli: Number(vector.topPMilli),
        repetitionPenaltyMilli: Number(vector.repetitionPenaltyMilli),
        seed: Buffer.from(vector.seed.slice(2), "hex"),
      };
      const seen = new Set(words(vector.seen));
      expect(`${sampleToken(words(vector.logits), rule, Number(vector.position), seen)}`).toBe(vector.token);
    }
  });
});

describe("attacks", () => {
  test("one position does not tell another's draw, nor does another seed", () => {
    const logits = new Int32Array(2 ** 12);
    const at = (position: number, byte: number) =>
      sampleToken(logits, { ...ALL, seed: new Uint8Array(32).fill(byte) }, position, NONE);
    const drawn = Array.from({ length: 100 }, (_, i) => at(i, 1));

    expect(drawn).toEqual(Array.from({ length: 100 }, (_, i) => at(i, 1)));
    expect(new Set(drawn).size).toBeGreaterThan(90);
    expect(drawn.filter((token, i) => token === at(i, 2)).length).toBeLessThan(5);
    // Positions that agree in their low 8, 16 or 31 bits are not the same draw.
    expect(new Set([1, 257, 65_537, 2 ** 31 + 1].map((position) => at(position, 1))).size).toBe(4);
  });

  test.each([
    ["temperatureMilli", [-1, 100_001, 0.5, Number.NaN]],
    ["topK", [-1, 2 ** 20 + 1, 1.5]],
    ["topPMilli", [0, 1001, 0.9]],
    ["repetitionPenaltyMilli", [99, 10_001, 1.1, Number.POSITIVE_INFINITY]],
    ["seed", [new Uint8Array(31), new Uint8Array(33)]],
  ] as const)("refuses %s out of range by name", (field, values) => {
    for (const value of values) {
      expect(() => sampleToken(new Int32Array(2), { ...ALL, [field]: value }, 0, NONE)).toThrow(
        expect.objectContaining({ code: "parameter_out_of_range", field }),
      );
    }
  });

  test("refuses positions, tokens and logits that no answer has", () => {
    const refused = (field: string) => expect.objectContaining({ name: "SamplingError", field });
    const penalty = { ...ALL, repetitionPenaltyMilli: 1100 };

    for (const position of [-1, 0.5, 2 ** 32]) {
      expect(() => sampleToken(new Int32Array(2), ALL, position, NONE)).toThrow(refused("position"));
    }
    expect(() => sampleToken(new Int32Array(2), penalty, 0, new Set([2]))).toThrow(refused("seen"));
    for (const logits of [new Int32Array(0), new Int32Array(2 ** 18 + 1), Int32Array.of(0, LIMIT + 1)]) {
      expect(() => sampleToken(logits, ALL, 0, NONE)).toThrow(refused("logits"));
    }
    expect(() => integerLogits(Float32Array.of(0, Number.NaN))).toThrow(refused("logits"));
  });
});

/** Big-endian 32-bit words in two's complement. */
function words(packed: string): Int32Array {
  const bytes = Buffer.from(packed.slice(2), "hex");
  return Int32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readInt32BE(4 * i));
}
