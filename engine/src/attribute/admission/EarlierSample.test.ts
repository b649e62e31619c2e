import { expect, it } from "vitest";
import { EarlierSample } from "./EarlierSample.js";

function sampled(count: number, seed: number): number[] {
  const sample = new EarlierSample(seed);
  for (let at = 0; at < count; at++) sample.add(Uint8Array.of(at >> 8, at & 255));
  return sample.texts.map(([high, low]) => (high! << 8) + low!);
}

it("keeps all of a few, and 256 of many", () => {
  expect(sampled(200, 1)).toEqual(Array.from({ length: 200 }, (_, at) => at));
  expect(new Set(sampled(5000, 1)).size).toBe(256);
});

it("takes each text as likely as any other, the same ones under one seed", () => {
  const many = [1, 2, 3, 4].flatMap((seed) => sampled(2560, seed));

  // of ten parts of equal size each has 102.4 of 1,024 on average, with a deviation of 9.6
  for (let part = 0; part < 10; part++) {
    const found = many.filter((at) => Math.floor(at / 256) === part).length;
    expect(Math.abs(found - 102.4)).toBeLessThan(40);
  }
  expect(sampled(2560, 1)).toEqual(sampled(2560, 1));
  expect(sampled(2560, 1)).not.toEqual(sampled(2560, 2));
});
