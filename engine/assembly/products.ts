/**
 * Products of digits. Rows of weights are packed in fours: 16 digits of a row, then 16 of the next, so that the whole matrix
 * is read in one stream; rows and columns are filled up with zeros to multiples of 4 and 16. Digits of activations are int16.
 */
import { dot16, sumLanes } from "./memory";

/** a_n = Σ_k q_k · w_nk for rows `from` to `to`, multiples of 4; `k` a multiple of 16. @param out i32 [rows] */
export function dots(q: usize, w: usize, k: i32, from: i32, to: i32, out: usize): void {
  const end = q + 2 * <usize>k;
  let p = w + <usize>from * <usize>k;
  for (let n = from; n < to; n += 4) {
    let a0 = i32x4.splat(0),
      a1 = a0,
      a2 = a0,
      a3 = a0;
    let b0 = a0,
      b1 = a0,
      b2 = a0,
      b3 = a0;
    for (let x = q; x < end; x += 32) {
      const low = v128.load(x);
      const high = v128.load(x, 16);
      a0 = i32x4.add(a0, i32x4.dot_i16x8_s(v128.load8x8_s(p), low));
      b0 = i32x4.add(b0, i32x4.dot_i16x8_s(v128.load8x8_s(p, 8), high));
      a1 = i32x4.add(a1, i32x4.dot_i16x8_s(v128.load8x8_s(p, 16), low));
      b1 = i32x4.add(b1, i32x4.dot_i16x8_s(v128.load8x8_s(p, 24), high));
      a2 = i32x4.add(a2, i32x4.dot_i16x8_s(v128.load8x8_s(p, 32), low));
      b2 = i32x4.add(b2, i32x4.dot_i16x8_s(v128.load8x8_s(p, 40), high));
      a3 = i32x4.add(a3, i32x4.dot_i16x8_s(v128.load8x8_s(p, 48), low));
      b3 = i32x4.add(b3, i32x4.dot_i16x8_s(v128.load8x8_s(p, 56), high));
      p += 64;
    }
    v128.store(
      out + 4 * <usize>n,
      sumLanes(i32x4.add(a0, b0), i32x4.add(a1, b1), i32x4.add(a2, b2), i32x4.add(a3, b3)),
    );
  }
}

/** As `dots`, for two digits of activations at once: the weights are read once. */
export function dotsOfTwo(q0: usize, q1: usize, w: usize, k: i32, from: i32, to: i32, out0: usize, out1: usize): void {
  const end = q0 + 2 * <usize>k;
  const other = q1 - q0;
  let p = w + <usize>from * <usize>k;
  for (let n = from; n < to; n += 4) {
    let a0 = i32x4.splat(0),
      a1 = a0,
      a2 = a0,
      a3 = a0;
    let b0 = a0,
      b1 = a0,
      b2 = a0,
      b3 = a0;
    for (let x = q0; x < end; x += 32) {
      const high0 = v128.load(x),
        high1 = v128.load(x, 16);
      const low0 = v128.load(x + other),
        low1 = v128.load(x + other, 16);
      let w0 = v128.load8x8_s(p),
        w1 = v128.load8x8_s(p, 8);
      a0 = i32x4.add(a0, i32x4.add(i32x4.dot_i16x8_s(w0, high0), i32x4.dot_i16x8_s(w1, high1)));
      b0 = i32x4.add(b0, i32x4.add(i32x4.dot_i16x8_s(w0, low0), i32x4.dot_i16x8_s(w1, low1)));
      w0 = v128.load8x8_s(p, 16);
      w1 = v128.load8x8_s(p, 24);
      a1 = i32x4.add(a1, i32x4.add(i32x4.dot_i16x8_s(w0, high0), i32x4.dot_i16x8_s(w1, high1)));
      b1 = i32x4.add(b1, i32x4.add(i32x4.dot_i16x8_s(w0, low0), i32x4.dot_i16x8_s(w1, low1)));
      w0 = v128.load8x8_s(p, 32);
      w1 = v128.load8x8_s(p, 40);
      a2 = i32x4.add(a2, i32x4.add(i32x4.dot_i16x8_s(w0, high0), i32x4.dot_i16x8_s(w1, high1)));
      b2 = i32x4.add(b2, i32x4.add(i32x4.dot_i16x8_s(w0, low0), i32x4.dot_i16x8_s(w1, low1)));
      w0 = v128.load8x8_s(p, 48);
      w1 = v128.load8x8_s(p, 56);
      a3 = i32x4.add(a3, i32x4.add(i32x4.dot_i16x8_s(w0, high0), i32x4.dot_i16x8_s(w1, high1)));
      b3 = i32x4.add(b3, i32x4.add(i32x4.dot_i16x8_s(w0, low0), i32x4.dot_i16x8_s(w1, low1)));
      p += 64;
    }
    v128.store(out0 + 4 * <usize>n, sumLanes(a0, a1, a2, a3));
    v128.store(out1 + 4 * <usize>n, sumLanes(b0, b1, b2, b3));
  }
}

/** t = fl(fl(a) · c): the first pair of digits. `n` a multiple of 4. */
export function firstPair(sums: usize, scales: usize, n: i32, t: usize): void {
  for (let i = 0; i < 4 * n; i += 16) {
    v128.store(t + i, f32x4.mul(f32x4.convert_i32x4_s(v128.load(sums + i)), v128.load(scales + i)));
  }
}

/** t = fl(t + fl(fl(fl(a) · c) · power)): a further pair. */
export function nextPair(sums: usize, scales: usize, power: f32, n: i32, t: usize): void {
  const powers = f32x4.splat(power);
  for (let i = 0; i < 4 * n; i += 16) {
    const scaled = f32x4.mul(f32x4.convert_i32x4_s(v128.load(sums + i)), v128.load(scales + i));
    v128.store(t + i, f32x4.add(v128.load(t + i), f32x4.mul(scaled, powers)));
  }
}

/** y = fl(t · r) */
export function scaleRow(t: usize, r: usize, n: i32, y: usize): void {
  const scale = f32x4.splat(load<f32>(r));
  for (let i = 0; i < 4 * n; i += 16) v128.store(y + i, f32x4.mul(v128.load(t + i), scale));
}

/** One digit's part of scores of `heads` queries with one key head: out_hj = power-scaled fl(fl(a) · k_j), added where `adds`. */
export function scorePair(
  q: usize,
  heads: i32,
  width: i32,
  keys: usize,
  keyScales: usize,
  count: i32,
  power: f32,
  adds: i32,
  out: usize,
  stride: i32,
): void {
  for (let h = 0; h < heads; h++) {
    const query = q + 2 * <usize>(h * width);
    const row = out + 4 * <usize>(h * stride);
    let key = keys;
    for (let j = 0; j < count; j++) {
      const product: f32 = <f32>dot16(query, key, width) * load<f32>(keyScales + 4 * j) * power;
      store<f32>(row + 4 * j, adds ? load<f32>(row + 4 * j) + product : product);
      key += width;
    }
  }
}

/** u = fl(fl(t · s) + C) */
export function placeScores(t: usize, s: f32, constant: f32, count: i32): void {
  const scale = f32x4.splat(s);
  const grid = f32x4.splat(constant);
  // Rows have room up to a multiple of four.
  for (let i = 0; i < 4 * count; i += 16) {
    v128.store(t + i, f32x4.add(f32x4.mul(v128.load(t + i), scale), grid));
  }
}

/** One pair of digits of mixed values: t_d = fl(a_d) · power of a_d = Σ_j p_j · v_dj, added where `adds`; lines of v are `stride` long. */
export function mixPair(
  p: usize,
  values: usize,
  stride: i32,
  keys: i32,
  width: i32,
  power: f32,
  adds: i32,
  t: usize,
): void {
  for (let d = 0; d < width; d++) {
    const sum: f32 = <f32>dot16(p, values + <usize>(d * stride), keys) * power;
    store<f32>(t + 4 * d, adds ? load<f32>(t + 4 * d) + sum : sum);
  }
}
