/** What runs over keys. Rows of heads begin `stride` elements apart and have room for a multiple of 16. */

/** m = max u */
export function greatest(u: usize, heads: i32, stride: i32, count: i32, out: usize): void {
  for (let h = 0; h < heads; h++) {
    const row = u + 4 * <usize>(h * stride);
    let most = load<f32>(row);
    for (let j = 1; j < count; j++) most = max(most, load<f32>(row + 4 * j));
    store<f32>(out + 4 * h, most);
  }
}

/** e = table[fl(m − u) · steps], 0 from `length` on; z = Σ e as int32. The table is f32, the result too. */
export function exponents(
  u: usize,
  maxima: usize,
  heads: i32,
  stride: i32,
  count: i32,
  table: usize,
  length: i32,
  steps: f32,
  out: usize,
): void {
  for (let h = 0; h < heads; h++) {
    const row: usize = 4 * <usize>(h * stride);
    const most = load<f32>(maxima + 4 * h);
    for (let j = 0; j < count; j++) {
      const distance: f32 = most - load<f32>(u + row + 4 * j);
      const index = <i32>(distance * steps);
      store<f32>(out + row + 4 * j, index < length ? load<f32>(table + 4 * <usize>index) : 0);
    }
  }
}

export function sums(e: usize, heads: i32, stride: i32, count: i32, out: usize): void {
  for (let h = 0; h < heads; h++) {
    const row = e + 4 * <usize>(h * stride);
    let sum = 0;
    for (let j = 0; j < count; j++) sum += <i32>load<f32>(row + 4 * j);
    store<i32>(out + 4 * h, sum);
  }
}

/** p = fl(e · v_j) for heads of one key head. */
export function weigh(e: usize, heads: i32, stride: i32, count: i32, scales: usize, out: usize): void {
  for (let h = 0; h < heads; h++) {
    const row: usize = 4 * <usize>(h * stride);
    for (let j = 0; j < 4 * count; j += 16) {
      v128.store(out + row + j, f32x4.mul(v128.load(e + row + j), v128.load(scales + j)));
    }
  }
}

/** y_d = fl(t_d · fl(s / fl(z))) */
export function settle(t: usize, scale: f32, sum: i32, width: i32, out: usize): void {
  const factor: f32 = scale / <f32>sum;
  for (let d = 0; d < width; d++) store<f32>(out + 4 * d, load<f32>(t + 4 * d) * factor);
}

/** Codes of one position into the caches: keys `[positions, width]`, values `[width, stride]`, both int8. */
export function remember(
  keys: usize,
  values: usize,
  headDim: i32,
  position: i32,
  keyRow: usize,
  valueColumn: usize,
  stride: i32,
): void {
  for (let d = 0; d < headDim; d++) {
    store<i8>(keyRow + d, <i8>load<i16>(keys + 2 * d));
    store<i8>(valueColumn + <usize>(d * stride + position), <i8>load<i16>(values + 2 * d));
  }
}

/** Zeros from `count` to the next multiple of 16 of int16 rows: what products read beyond the last key. */
export function pad(p: usize, heads: i32, stride: i32, count: i32): void {
  const end = (count + 15) & ~15;
  for (let h = 0; h < heads; h++) {
    for (let j = count; j < end; j++) store<i16>(p + 2 * <usize>(h * stride + j), 0);
  }
}
