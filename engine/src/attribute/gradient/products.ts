/** Products of small row-major matrices in float64, in a fixed order: equal inputs give equal bits on every machine. */

/** Aᵀ of `[rows, columns]`, as float64. */
export function transposed(a: Float32Array | Float64Array, rows: number, columns: number): Float64Array {
  const out = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[j * rows + i] = a[i * columns + j]!;
  return out;
}

/** Adds the lower half of A·Aᵀ of `[n, k]`, diagonal included, to `out` `[n, n]`. */
export function addGram(a: Float64Array, n: number, k: number, out: Float64Array): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) out[i * n + j]! += dot(a, i * k, a, j * k, k);
  }
}

/**
 * Components of vectors along axes.
 *
 * @param axes `[n, n]`, an axis a row
 * @param vectors `[m, n]`, a vector a row
 * @returns `[n, m]`, an axis a row
 */
export function project(axes: Int16Array, n: number, vectors: Float64Array, m: number): Float64Array {
  const out = new Float64Array(n * m);
  const axis = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    axis.set(axes.subarray(i * n, (i + 1) * n));
    for (let j = 0; j < m; j++) out[i * m + j] = dot(axis, 0, vectors, j * n, n);
  }
  return out;
}

/** Four sums side by side, so that an addition does not wait for the one before. */
function dot(a: Float64Array, aAt: number, b: Float64Array, bAt: number, length: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  const whole = length - (length % 4);
  let l = 0;
  for (; l < whole; l += 4) {
    s0 += a[aAt + l]! * b[bAt + l]!;
    s1 += a[aAt + l + 1]! * b[bAt + l + 1]!;
    s2 += a[aAt + l + 2]! * b[bAt + l + 2]!;
    s3 += a[aAt + l + 3]! * b[bAt + l + 3]!;
  }
  for (; l < length; l++) s0 += a[aAt + l]! * b[bAt + l]!;
  return s0 + s1 + (s2 + s3);
}
