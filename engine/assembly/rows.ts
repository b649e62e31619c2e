/** Operations on rows of floats, one binary32 operation after another. `n` counts elements; rows have room for a multiple of 4. */
import { greatestMagnitude, sumOf } from "./memory";

/** s_g = fl(min(max(max |x|, guard), limit_g) / levels) of `groups` runs of `size` elements that begin `stride` apart. */
export function rowScale(
  x: usize,
  groups: i32,
  size: i32,
  stride: i32,
  levels: f32,
  guard: f32,
  limits: usize,
  out: usize,
): void {
  for (let g = 0; g < groups; g++) {
    let most = max(greatestMagnitude(x + 4 * <usize>(g * stride), size), guard);
    if (limits !== 0) most = min(most, load<f32>(limits + 4 * g));
    store<f32>(out + 4 * g, most / levels);
  }
}

/** q = clamp(rne(fl(x / s_g)), least, most) as int16. */
export function quantize(
  x: usize,
  scales: usize,
  groups: i32,
  size: i32,
  stride: i32,
  least: f32,
  most: f32,
  out: usize,
  outStride: i32,
): void {
  const low = f32x4.splat(least);
  const high = f32x4.splat(most);
  const whole = size & ~7;
  for (let g = 0; g < groups; g++) {
    const row = x + 4 * <usize>(g * stride);
    const codes = out + 2 * <usize>(g * outStride);
    const s = load<f32>(scales + 4 * g);
    const scale = f32x4.splat(s);
    for (let i = 0; i < whole; i += 8) {
      const a = f32x4.min(f32x4.max(f32x4.div(v128.load(row + 4 * i), scale), low), high);
      const b = f32x4.min(f32x4.max(f32x4.div(v128.load(row + 4 * i, 16), scale), low), high);
      v128.store(codes + 2 * i, rounded(a, b));
    }
    for (let i = whole; i < size; i++) {
      const step: f32 = load<f32>(row + 4 * i) / s;
      store<i16>(codes + 2 * i, <i16>nearest(min(max(step, least), most)));
    }
  }
}

/** The low digit: clamp(rne(fl(fl(x − fl(q · s)) / fl(s / 128))), ±127). */
export function quantizeRest(
  x: usize,
  scales: usize,
  highs: usize,
  groups: i32,
  size: i32,
  stride: i32,
  out: usize,
  outStride: i32,
): void {
  for (let g = 0; g < groups; g++) {
    const row = x + 4 * <usize>(g * stride);
    const high = highs + 2 * <usize>(g * outStride);
    const codes = out + 2 * <usize>(g * outStride);
    const s = load<f32>(scales + 4 * g);
    const step: f32 = s / 128;
    for (let i = 0; i < size; i++) {
      const known: f32 = <f32>load<i16>(high + 2 * i) * s;
      const rest: f32 = load<f32>(row + 4 * i) - known;
      const steps: f32 = rest / step;
      store<i16>(codes + 2 * i, <i16>nearest(min(max(steps, -127), 127)));
    }
  }
}

/** n_g = Σ q² */
export function sumSquares(q: usize, groups: i32, size: i32, stride: i32, out: usize): void {
  const whole = size & ~7;
  for (let g = 0; g < groups; g++) {
    const row = q + 2 * <usize>(g * stride);
    let sums = i32x4.splat(0);
    for (let i = 0; i < whole; i += 8) {
      const digits = v128.load(row + 2 * i);
      sums = i32x4.add(sums, i32x4.dot_i16x8_s(digits, digits));
    }
    let sum = sumOf(sums);
    for (let i = whole; i < size; i++) sum += <i32>load<i16>(row + 2 * i) * <i32>load<i16>(row + 2 * i);
    store<i32>(out + 4 * g, sum);
  }
}

/** r_g = fl(a / fl(√fl(fl(fl(t · t) · n_g) + ε))), a from `by` or, where that is 0, `numerator`. */
export function normScale(
  squares: usize,
  steps: usize,
  epsilon: f32,
  by: usize,
  numerator: f32,
  groups: i32,
  out: usize,
): void {
  for (let g = 0; g < groups; g++) {
    const t = load<f32>(steps + 4 * g);
    const square: f32 = t * t;
    const mean: f32 = square * <f32>load<i32>(squares + 4 * g) + epsilon;
    const above = by === 0 ? numerator : load<f32>(by + 4 * g);
    store<f32>(out + 4 * g, above / sqrt<f32>(mean));
  }
}

/** y = fl(fl(x · r_g) · w): heads of `columns` elements, the vector `[rows, columns]`. */
export function normHeads(x: usize, scales: usize, vector: usize, rows: i32, columns: i32, out: usize): void {
  for (let g = 0; g < rows; g++) {
    const r = load<f32>(scales + 4 * g);
    for (let i = g * columns; i < (g + 1) * columns; i++) {
      const scaled: f32 = load<f32>(x + 4 * i) * r;
      store<f32>(out + 4 * i, scaled * load<f32>(vector + 4 * i));
    }
  }
}

/** Rotary embedding of the first `groups` heads; `angles` are cos then sin, `columns / 2` each. */
export function rotate(x: usize, angles: usize, groups: i32, columns: i32, out: usize): void {
  const half = columns / 2;
  for (let g = 0; g < groups; g++) {
    for (let i = 0; i < half; i++) {
      const at: usize = 4 * <usize>(g * columns + i);
      const a = load<f32>(x + at);
      const b = load<f32>(x + at + 4 * half);
      const cos = load<f32>(angles + 4 * i);
      const sin = load<f32>(angles + 4 * (half + i));
      const ac: f32 = a * cos;
      const bs: f32 = -b * sin;
      const bc: f32 = b * cos;
      const as: f32 = a * sin;
      store<f32>(out + at, ac + bs);
      store<f32>(out + at + 4 * half, bc + as);
    }
  }
}

export function add(x: usize, y: usize, n: i32, out: usize): void {
  for (let i = 0; i < 4 * n; i += 16) v128.store(out + i, f32x4.add(v128.load(x + i), v128.load(y + i)));
}

export function multiply(x: usize, y: usize, n: i32, out: usize): void {
  for (let i = 0; i < 4 * n; i += 16) v128.store(out + i, f32x4.mul(v128.load(x + i), v128.load(y + i)));
}

/** y = fl(x · fl(fl(fl(x · x) · a) + b)) */
export function cubic(x: usize, a: f32, b: f32, n: i32, out: usize): void {
  const slope = f32x4.splat(a);
  const start = f32x4.splat(b);
  for (let i = 0; i < 4 * n; i += 16) {
    const one = v128.load(x + i);
    const inner = f32x4.add(f32x4.mul(f32x4.mul(one, one), slope), start);
    v128.store(out + i, f32x4.mul(one, inner));
  }
}

/** σ = table[clamp(t, ±half) + half] of t = fl(fl(x + C) − C) · steps. The table is f32, the result too. */
export function sigmoid(x: usize, constant: f32, steps: f32, table: usize, half: f32, n: i32, out: usize): void {
  for (let i = 0; i < n; i++) {
    const placed: f32 = load<f32>(x + 4 * i) + constant;
    const t: f32 = (placed - constant) * steps;
    const index = <i32>(min(max(t, -half), half) + half);
    store<f32>(out + 4 * i, load<f32>(table + 4 * <usize>index));
  }
}

/** y = fl(fl(x · σ) · u) */
export function gate(x: usize, sigma: usize, up: usize, n: i32, out: usize): void {
  for (let i = 0; i < 4 * n; i += 16) {
    v128.store(out + i, f32x4.mul(f32x4.mul(v128.load(x + i), v128.load(sigma + i)), v128.load(up + i)));
  }
}

/** l = clamp(rne(fl(x · 2^12)), ±2^23) */
export function integerLogits(x: usize, n: i32, out: usize): void {
  const one = f32x4.splat(4096);
  const most = f32x4.splat(8388608);
  const least = f32x4.splat(-8388608);
  for (let i = 0; i < 4 * n; i += 16) {
    const scaled = f32x4.min(f32x4.max(f32x4.mul(v128.load(x + i), one), least), most);
    v128.store(out + i, i32x4.trunc_sat_f32x4_s(f32x4.nearest(scaled)));
  }
}

/** Rounded halves to even, as eight int16. */
function rounded(a: v128, b: v128): v128 {
  const low = i32x4.trunc_sat_f32x4_s(f32x4.nearest(a));
  const high = i32x4.trunc_sat_f32x4_s(f32x4.nearest(b));
  return i16x8.narrow_i32x4_s(low, high);
}
