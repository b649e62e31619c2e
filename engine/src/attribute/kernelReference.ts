import { CODE_BITS, CODE_BYTES, type PositionCodes } from "./codes.js";

/** An index as the formulas see it: rows in order, and θ of a token. */
export interface ReferenceIndex {
  readonly rows: readonly PositionCodes[];
  threshold(token: number): number;
}

/**
 * The kernel's formulas word for word in unbounded integers, over every pair of positions: slow, and the judge of
 * `creditRecords`.
 *
 * @returns For each index the credit of each record, and Σ w.
 */
export function creditRecordsReference(
  indexes: readonly ReferenceIndex[],
  answer: PositionCodes,
): { readonly credits: readonly bigint[][]; readonly weight: bigint } {
  const credits = indexes.map((index) => index.rows.map(() => 0n));
  let weight = 0n;
  for (let t = 0; t < answer.ids.length; t++) {
    const w = BigInt(answer.surprises[t]!);
    const sums = indexes.map((index) => index.rows.map((row) => similarity(index, row, answer, t)));
    const den = 2n ** 16n + sums.flat().reduce((sum, value) => sum + value, 0n);
    sums.forEach((rows, i) => {
      rows.forEach((sum, record) => {
        credits[i]![record]! += (w * sum * 2n ** 16n) / den;
      });
    });
    weight += w;
  }
  return { credits, weight };
}

/** Σ v of one record's positions for position t of the answer. */
function similarity(index: ReferenceIndex, row: PositionCodes, answer: PositionCodes, t: number): bigint {
  let sum = 0n;
  for (let s = 0; s < row.ids.length; s++) {
    if (row.ids[s] !== answer.ids[t]) continue;
    let distance = 0;
    for (let k = 0; k < CODE_BITS; k++) if (bit(row, s, k) !== bit(answer, t, k)) distance++;
    const dot = CODE_BITS - 2 * distance;
    if (dot <= index.threshold(answer.ids[t]!)) continue;
    const cosine = (256n * BigInt(Math.max(dot, 0))) / BigInt(CODE_BITS);
    sum += (cosine * cosine * BigInt(row.surprises[s]!)) >> 7n;
  }
  return sum;
}

function bit(codes: PositionCodes, position: number, k: number): number {
  return (codes.codes[position * CODE_BYTES + Math.floor(k / 8)]! >> (k % 8)) & 1;
}
