import { describe, expect, test } from "vitest";
import { AdamW, clipScale } from "./adamw.js";
import { Random } from "./random.js";
import { learningRate } from "./schedule.js";
import { Windows } from "./windows.js";

describe("the learning rate", () => {
  const schedule = { peak: 2, warmupSteps: 4, holdSteps: 6, totalSteps: 30, floor: 0.1 };

  test("rises, holds, and falls along a cosine to the floor", () => {
    const at = (step: number) => learningRate(schedule, step);

    expect([0, 1, 3, 4, 9, 10].map(at)).toEqual([0.5, 1, 2, 2, 2, 2]);
    expect(at(20)).toBeCloseTo(2 * 0.55, 12);
    expect(at(30)).toBeCloseTo(0.2, 12);
    expect(at(99)).toBeCloseTo(0.2, 12);
  });
});

describe("AdamW", () => {
  test("makes the step of the paper's algorithm 2", () => {
    const x = Float32Array.of(1);
    const options = { beta1: 0.9, beta2: 0.99, epsilon: 0.1, weightDecay: 0.5 };
    const optimizer = new AdamW(new Map([["x", x]]), options);

    optimizer.update(new Map([["x", Float32Array.of(4)]]), 0.01, 0.5);
    // g = 2, m̂ = 2, v̂ = 4: x = 1 − 0.01·(2/(2 + 0.1) + 0.5·1)
    expect(x[0]).toBeCloseTo(1 - 0.01 * (2 / 2.1 + 0.5), 6);

    const before = x[0]!;
    optimizer.update(new Map([["x", Float32Array.of(-1)]]), 0.01, 1);
    const m = (0.9 * 0.2 + 0.1 * -1) / (1 - 0.81);
    const v = (0.99 * 0.04 + 0.01) / (1 - 0.9801);
    expect(x[0]).toBeCloseTo(before - 0.01 * (m / (Math.sqrt(v) + 0.1) + 0.5 * before), 6);
  });

  test("leaves out of decay what is not to decay", () => {
    const x = Float32Array.of(1);
    const options = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.5 };
    new AdamW(new Map([["norm", x]]), options, () => false).update(new Map([["norm", new Float32Array(1)]]), 0.1, 1);

    expect(x[0]).toBe(1);
  });
});

test("clipping brings the common norm to the limit and leaves small gradients alone", () => {
  const gradients = [Float32Array.of(3), Float32Array.of(0, 4)];

  expect(clipScale(gradients, 1)).toEqual({ norm: 5, scale: 0.2 });
  expect(clipScale(gradients, 6)).toEqual({ norm: 5, scale: 1 });
});

describe("random numbers", () => {
  test("are the same for a seed, differ between seeds, and go on after saving", () => {
    const draw = (random: Random) => Array.from({ length: 5 }, () => random.bits());
    const random = new Random(42);
    const first = draw(random);
    const restored = Random.restore(random.save());

    expect(draw(new Random(42))).toEqual(first);
    expect(draw(new Random(43))).not.toEqual(first);
    expect(draw(new Random(42 + 2 ** 32))).not.toEqual(first);
    expect(draw(restored)).toEqual(draw(random));
  });

  test("are xoshiro128** from state 1, 2, 3, 4", () => {
    const random = Random.restore({ state: [1, 2, 3, 4], spare: null });

    // The reference implementation's first outputs for this state.
    expect([random.bits(), random.bits(), random.bits(), random.bits()]).toEqual([11520, 0, 5927040, 70819200]);
  });

  test("are normal with mean 0 and variance 1", () => {
    const random = new Random(1);
    const draws = Array.from({ length: 20_000 }, () => random.normal());
    const mean = draws.reduce((a, b) => a + b) / draws.length;
    const variance = draws.reduce((a, b) => a + (b - mean) ** 2, 0) / draws.length;

    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(variance - 1)).toBeLessThan(0.04);
  });
});

describe("windows", () => {
  const stream = Uint16Array.from({ length: 101 }, (_, i) => i);

  test("of one epoch are disjoint, in another order the next time, and follow from the step alone", () => {
    const windows = new Windows(stream, { batch: 3, length: 10 }, 8);
    const starts = (steps: number[]) => steps.flatMap((step) => [0, 10, 20].map((i) => windows.batch(step).tokens[i]!));

    const epoch = starts([0, 1, 2]);
    expect(windows.perEpoch).toBe(9);
    const sorted = epoch.map(Number).sort((a, b) => a - b);
    for (let i = 1; i < sorted.length; i++) expect(sorted[i]! - sorted[i - 1]!).toBe(10);
    expect(starts([3, 4, 5])).not.toEqual(epoch);
    expect(new Windows(stream, { batch: 3, length: 10 }, 8).batch(2)).toEqual(windows.batch(2));
  });

  test("pair every token with the next and weigh all alike", () => {
    const { tokens, targets, weights } = new Windows(stream, { batch: 2, length: 10 }, 8).batch(0);

    for (const [i, token] of tokens.entries()) expect(targets[i]).toBe(token + 1n);
    expect(weights.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
  });
});
