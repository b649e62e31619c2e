/**
 * A matrix as the compiler quantises it: rows of one or several weight tensors, with what is folded into them. Rows are
 * made one at a time, in float64, so that a large model is never held twice.
 */
export interface MatrixSource {
  readonly rows: number;
  readonly columns: number;
  /** Writes row n, everything folded in, into `out` `[columns]`. */
  fill(n: number, out: Float64Array): void;
  /** What the row's scale is multiplied by after quantising: factors common to a row cost no precision. */
  factor(n: number): number;
}

/** A tensor `[rows, columns]` as a source. */
export function tensorSource(data: Float32Array, rows: number, columns: number): MatrixSource {
  return {
    rows,
    columns,
    fill(n, out) {
      out.set(data.subarray(n * columns, (n + 1) * columns));
    },
    factor: () => 1,
  };
}

/** Matrices of equal width, one below the other. */
export function stackRows(parts: readonly MatrixSource[]): MatrixSource {
  const columns = parts[0]!.columns;
  const starts: number[] = [];
  let rows = 0;
  for (const part of parts) {
    starts.push(rows);
    rows += part.rows;
  }
  const locate = (n: number): [MatrixSource, number] => {
    let i = parts.length - 1;
    while (starts[i]! > n) i--;
    return [parts[i]!, n - starts[i]!];
  };
  return {
    rows,
    columns,
    fill(n, out) {
      const [part, row] = locate(n);
      part.fill(row, out);
    },
    factor(n) {
      const [part, row] = locate(n);
      return part.factor(row);
    },
  };
}

/** Matrices on the diagonal of a larger one, zeros elsewhere. */
export function blockDiagonal(parts: readonly MatrixSource[]): MatrixSource {
  const columns = parts.reduce((sum, part) => sum + part.columns, 0);
  const placed = parts.map((part, i) => {
    const at = parts.slice(0, i).reduce((sum, { columns }) => sum + columns, 0);
    const row = new Float64Array(part.columns);
    return {
      rows: part.rows,
      columns,
      fill(n: number, out: Float64Array) {
        out.fill(0);
        part.fill(n, row);
        out.set(row, at);
      },
      factor: (n: number) => part.factor(n),
    };
  });
  return stackRows(placed);
}

/** Every column multiplied by its factor. */
export function scaleColumns(source: MatrixSource, factors: Float64Array): MatrixSource {
  return {
    ...source,
    fill(n, out) {
      source.fill(n, out);
      for (let k = 0; k < out.length; k++) out[k]! *= factors[k]!;
    },
  };
}

/** Every row multiplied by its factor, outside of quantisation. */
export function scaleRows(source: MatrixSource, factorOf: (n: number) => number): MatrixSource {
  return { ...source, factor: (n) => source.factor(n) * factorOf(n) };
}

/** The matrix less the mean of each column: its outputs sum to nothing. */
export function centreRows(source: MatrixSource): MatrixSource {
  const mean = new Float64Array(source.columns);
  const row = new Float64Array(source.columns);
  for (let n = 0; n < source.rows; n++) {
    source.fill(n, row);
    for (let k = 0; k < row.length; k++) mean[k]! += row[k]!;
  }
  for (let k = 0; k < mean.length; k++) mean[k]! /= source.rows;
  return {
    ...source,
    fill(n, out) {
      source.fill(n, out);
      for (let k = 0; k < out.length; k++) out[k]! -= mean[k]!;
    },
  };
}

/** `[columns]`, the largest magnitude in each column. */
export function columnMaxima(source: MatrixSource): Float64Array {
  const maxima = new Float64Array(source.columns);
  const row = new Float64Array(source.columns);
  for (let n = 0; n < source.rows; n++) {
    source.fill(n, row);
    const factor = Math.abs(source.factor(n));
    for (let k = 0; k < row.length; k++) maxima[k] = Math.max(maxima[k]!, Math.abs(row[k]!) * factor);
  }
  return maxima;
}

/** `[rows]`, the Euclidean length of each row. */
export function rowNorms(source: MatrixSource): Float64Array {
  const row = new Float64Array(source.columns);
  return Float64Array.from({ length: source.rows }, (_, n) => {
    source.fill(n, row);
    let sum = 0;
    for (const value of row) sum += value * value;
    return Math.sqrt(sum) * Math.abs(source.factor(n));
  });
}
