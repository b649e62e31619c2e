import { randomSource } from "../random.js";

/** Greatest finite binary32 number, least normal and least subnormal one, and half of the gap above 1. */
export const GREATEST = 2 ** 128 - 2 ** 104;
export const LEAST_NORMAL = 2 ** -126;
export const LEAST = 2 ** -149;
export const ULP = 2 ** -23;

export function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}

export function filled(length: number, value: number): number[] {
  return Array(length).fill(value);
}

/** Numbers of ordinary size with full significands. */
export function noise(seed: number, length: number, size = 1): number[] {
  const random = randomSource(seed);
  return range(length).map(() => Math.fround((2 * random() - 1) * size));
}

/** Digits in ±most. */
export function noisyDigits(seed: number, length: number, most = 127): number[] {
  const random = randomSource(seed);
  return range(length).map(() => Math.round((2 * random() - 1) * most));
}

/** Neighbouring binary32 numbers of a positive one. */
export function above(x: number): number {
  const word = new Float32Array([x]);
  const bits = new Uint32Array(word.buffer);
  bits[0]!++;
  return word[0]!;
}

export function below(x: number): number {
  const word = new Float32Array([x]);
  const bits = new Uint32Array(word.buffer);
  bits[0]!--;
  return word[0]!;
}

export function withSigns(values: readonly number[]): number[] {
  return values.flatMap((x) => [x, -x]);
}

/** Every half from −limit to limit that lies between integers that matter: small ones and those at the ends. */
export function halves(limit: number): number[] {
  const near = [0, 1, 2, 3, limit - 2, limit - 1, limit, limit + 1];
  return withSigns(near.flatMap((n) => [n + 0.5, below(n + 0.5), above(n + 0.5)]));
}
