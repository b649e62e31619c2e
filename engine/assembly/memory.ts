/** Vectors over memory: four numbers at a time, the rest one by one. Lengths count elements, pointers bytes. */

/** The greatest magnitude of `n` floats. */
export function greatestMagnitude(x: usize, n: i32): f32 {
  let most = f32x4.splat(0);
  const whole = n & ~3;
  for (let i = 0; i < whole; i += 4) most = f32x4.max(most, f32x4.abs(v128.load(x + 4 * i)));
  let greatest = max(
    max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)),
    max(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)),
  );
  for (let i = whole; i < n; i++) greatest = max(greatest, abs(load<f32>(x + 4 * i)));
  return greatest;
}

/** Sum of the four lanes of four vectors: lane i is the sum of vector i. */
export function sumLanes(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7));
  const cd = i32x4.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7));
  return i32x4.add(v128.shuffle<i64>(ab, cd, 0, 2), v128.shuffle<i64>(ab, cd, 1, 3));
}

export function sumOf(a: v128): i32 {
  return i32x4.extract_lane(a, 0) + i32x4.extract_lane(a, 1) + i32x4.extract_lane(a, 2) + i32x4.extract_lane(a, 3);
}

/** Σ a_i · b_i of `n` digits, a in int16 and b in int8, n a multiple of 16. */
export function dot16(a: usize, b: usize, n: i32): i32 {
  let low = i32x4.splat(0);
  let high = low;
  for (let i = 0; i < n; i += 16) {
    low = i32x4.add(low, i32x4.dot_i16x8_s(v128.load8x8_s(b + i), v128.load(a + 2 * i)));
    high = i32x4.add(high, i32x4.dot_i16x8_s(v128.load8x8_s(b + i, 8), v128.load(a + 2 * i, 16)));
  }
  return sumOf(i32x4.add(low, high));
}
