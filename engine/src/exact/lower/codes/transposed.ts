const TILE = 64;

/** `[rows, columns]` as `[columns, rows]`, in tiles that stay in the cache. */
export function transposed<T extends Int8Array | Float32Array>(data: T, rows: number, columns: number): T {
  const out = data.slice() as T;
  for (let r0 = 0; r0 < rows; r0 += TILE) {
    const r1 = Math.min(rows, r0 + TILE);
    for (let c0 = 0; c0 < columns; c0 += TILE) {
      const c1 = Math.min(columns, c0 + TILE);
      for (let r = r0; r < r1; r++) for (let c = c0; c < c1; c++) out[c * rows + r] = data[r * columns + c]!;
    }
  }
  return out;
}
