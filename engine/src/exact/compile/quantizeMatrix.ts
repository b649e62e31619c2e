import { ExactError } from "../errors.js";
import type { Table } from "../program/Program.js";
import type { MatrixSource } from "./MatrixSource.js";

const HIGH = 127;
const WIDE = 127 * 128;

/**
 * Quantises each row to integers in one digit (±127) or two (±16,256): w ≈ scale · (high + low / 128).
 *
 * @throws ExactError `weights_unusable` when a row is not finite or its scale leaves binary32's normal range
 */
export function quantizeMatrix(source: MatrixSource, digits: 1 | 2, name: string): Extract<Table, { kind: "matrix" }> {
  const { rows, columns } = source;
  const high = new Int8Array(rows * columns);
  const low = digits === 2 ? new Int8Array(rows * columns) : undefined;
  const scales = new Float32Array(rows);
  const row = new Float64Array(columns);
  const largest = digits === 2 ? WIDE : HIGH;
  for (let n = 0; n < rows; n++) {
    source.fill(n, row);
    let max = 0;
    for (let k = 0; k < columns; k++) {
      const magnitude = Math.abs(row[k]!);
      // A comparison with NaN is false, so it is caught by the sum below.
      if (magnitude > max) max = magnitude;
    }
    const factor = source.factor(n);
    const scale = Math.fround((max / HIGH) * Math.abs(factor));
    if (!row.every(Number.isFinite) || !(scale < 2 ** 60) || (max > 0 && factor !== 0 && scale < 2 ** -60)) {
      throw new ExactError(
        "weights_unusable",
        `row ${n} of ${name} needs a scale from 2^-60 to 2^60, found ${scale}; the weights are not those of a model that runs`,
      );
    }
    // A row of zeros keeps scale 1, so that nothing divides by it.
    scales[n] = max === 0 || factor === 0 ? 1 : scale;
    if (max === 0 || factor === 0) continue;
    // Scales are positive: a negative factor turns the digits.
    const inverse = (largest / max) * Math.sign(factor);
    const at = n * columns;
    for (let k = 0; k < columns; k++) {
      const q = Math.round(row[k]! * inverse);
      if (low === undefined) high[at + k] = q;
      else {
        const h = Math.round(q / 128);
        high[at + k] = h;
        low[at + k] = q - 128 * h;
      }
    }
  }
  return { kind: "matrix", rows, columns, high, scales, ...(low === undefined ? {} : { low }) };
}
