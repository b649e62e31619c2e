/** Products of small row-major matrices, summed in float64 in a fixed order. */

type Matrix = Float32Array | Float64Array;

/** A·B of `[n, k]` and `[k, m]`. */
export function multiply(a: Matrix, b: Matrix, n: number, k: number, m: number): Float64Array {
  const out = new Float64Array(n * m);
  for (let i = 0; i < n; i++) {
    for (let l = 0; l < k; l++) {
      const factor = a[i * k + l]!;
      if (factor === 0) continue;
      for (let j = 0; j < m; j++) out[i * m + j]! += factor * b[l * m + j]!;
    }
  }
  return out;
}

/** Adds A·Bᵀ of `[n, k]` and `[m, k]` to `out` `[n, m]`. */
export function multiplyTransposed(a: Matrix, b: Matrix, n: number, k: number, m: number, out: Float64Array): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      let sum = 0;
      for (let l = 0; l < k; l++) sum += a[i * k + l]! * b[j * k + l]!;
      out[i * m + j]! += sum;
    }
  }
}

/** Adds Aᵀ·B of `[k, n]` and `[k, m]` to `out` `[n, m]`. */
export function transposeMultiply(a: Matrix, b: Matrix, k: number, n: number, m: number, out: Float64Array): void {
  for (let l = 0; l < k; l++) {
    for (let i = 0; i < n; i++) {
      const factor = a[l * n + i]!;
      if (factor === 0) continue;
      for (let j = 0; j < m; j++) out[i * m + j]! += factor * b[l * m + j]!;
    }
  }
}
