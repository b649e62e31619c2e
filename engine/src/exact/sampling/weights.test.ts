import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { drawBelow } from "./drawBelow.js";
import { integerLogits, WEIGHT_TABLE } from "./index.js";
import { weightOf } from "./weightOf.js";

describe("the weight table", () => {
  test("has the bits that are committed", () => {
    const bytes = Buffer.alloc(4 * 4096);
    for (const [f, entry] of WEIGHT_TABLE.entries()) bytes.writeInt32BE(entry, 4 * f);

    expect(createHash("sha256").update(bytes).digest("hex")).toBe(
      "df17e4bfd1bd6a1e902721beed41fbe36c80adb69ac000a4b0a0785ca50a1020",
    );
  });

  test("is 2^(30 - f / 4096), rounded to nearest, by exact powers", () => {
    for (let f = 0; f < 4096; f += 89) {
      const entry = BigInt(WEIGHT_TABLE[f]!);
      const power = 2n ** BigInt(31 * 4096 - f);

      expect((2n * entry - 1n) ** 4096n <= power && power < (2n * entry + 1n) ** 4096n, `entry ${f}`).toBe(true);
    }
  });
});

describe("weights", () => {
  test("are exp(-distance / temperature), never rising with distance", () => {
    fc.assert(
      fc.property(fc.nat({ max: 90_000 }), fc.integer({ min: 1, max: 100_000 }), (distance, temperatureMilli) => {
        const weight = weightOf(distance, temperatureMilli);
        const exact = Math.exp(-(Math.floor((distance * 1000) / temperatureMilli) / 4096)) * 2 ** 30;

        expect(Math.abs(weight - exact)).toBeLessThan(exact * 3e-4 + 1);
        expect(weightOf(distance + 1, temperatureMilli)).toBeLessThanOrEqual(weight);
      }),
    );
  });

  test("end after 30 octaves, at any distance", () => {
    expect(weightOf(0, 1)).toBe(2 ** 30);
    expect([weightOf(85_176, 1000), weightOf(90_000, 1000), weightOf(2 ** 17 - 1, 1000)]).toEqual([0, 0, 0]);
    expect([weightOf(20 * 2 ** 23, 1), weightOf(20 * 2 ** 23, 100_000)]).toEqual([0, 0]);
    expect(weightOf(1, 1)).toBeGreaterThan(0);
  });
});

test("integer logits are round-half-even of y · 2^12, clamped", () => {
  const unit = 1 / 4096;
  const logits = Float32Array.of(0.5 * unit, 1.5 * unit, 2.5 * unit, -0.5 * unit, -1.5 * unit, 3000, -Infinity, -0);

  expect([...integerLogits(logits)]).toEqual([0, 2, 2, 0, -2, 2 ** 23, -(2 ** 23), 0]);
});

test("a draw is the high product of the first 128 bits of SHA-256(seed ‖ uint64 position)", () => {
  const seed = new Uint8Array(32).fill(7);
  const digest = createHash("sha256").update(seed).update(Buffer.from("0000000000000102", "hex")).digest("hex");

  expect(drawBelow(seed, 0x102, 2 ** 48)).toBe(Number(BigInt(`0x${digest.slice(0, 32)}`) >> 80n));
  expect(drawBelow(seed, 0x102, 1)).toBe(0);
});
