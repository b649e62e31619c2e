/** Linear datamodeling score (Park et al. 2023, TRAK, §2): does what a method says predict what retraining does? */

/** A set of records that was retrained on, and what came of it. */
export interface Retrained {
  readonly records: ReadonlySet<number>;
  /** `[queries]`, the negative mean loss of each, averaged over seeds. */
  readonly outputs: Float64Array;
}

/** A mean over queries and its standard error. */
export interface Estimate {
  readonly mean: number;
  readonly error: number;
}

/**
 * For each query the rank correlation, over the sets, of the method's sum over a set's records with the output of the model
 * retrained on it; the mean over queries, and its standard error by the jackknife over sets, since queries share them.
 *
 * @param scores `[queries][records]`
 */
export function lds(scores: readonly Float64Array[], retrained: readonly Retrained[]): Estimate {
  const of = (sets: readonly Retrained[]) => mean(scores.map((score, query) => correlation(score, query, sets)));
  const all = of(retrained);
  const without = retrained.map((_, left) => of(retrained.filter((_, i) => i !== left)));
  const centre = mean(without);
  const spread = without.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return { mean: all, error: Math.sqrt(((retrained.length - 1) / retrained.length) * spread) };
}

function correlation(score: Float64Array, query: number, sets: readonly Retrained[]): number {
  const predicted = sets.map(({ records }) => {
    let sum = 0;
    for (const record of records) sum += score[record]!;
    return sum;
  });
  return spearman(
    predicted,
    sets.map(({ outputs }) => outputs[query]!),
  );
}

/** Spearman's rank correlation, ties by their mean rank; 0 where one side does not vary. */
export function spearman(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [ranks(a), ranks(b)];
  const centre = (a.length + 1) / 2;
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    xy += (x[i]! - centre) * (y[i]! - centre);
    xx += (x[i]! - centre) ** 2;
    yy += (y[i]! - centre) ** 2;
  }
  return xx === 0 || yy === 0 ? 0 : xy / Math.sqrt(xx * yy);
}

function ranks(values: readonly number[]): Float64Array {
  const order = values.map((_, i) => i).sort((i, j) => values[i]! - values[j]!);
  const out = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let i = from; i < to; i++) out[order[i]!] = (from + 1 + to) / 2;
    from = to;
  }
  return out;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
