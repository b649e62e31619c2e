/** A text whose tokens from `from` on are attributed. */
export interface Query {
  readonly ids: readonly number[];
  readonly from: number;
}

/** What a method says: `[queries][records]`, larger is more. */
export type Scores = readonly Float64Array[];

/** Methods together, each in units of its own mean size. */
export function together(...parts: readonly Scores[]): Scores {
  return sumScores(
    parts.map((scores) => {
      const size = scores.reduce(
        (sum, row) => sum + row.reduce((all, score) => all + Math.abs(score), 0) / row.length,
        0,
      );
      return scores.map((row) => row.map((score) => (size === 0 ? 0 : (score * scores.length) / size)));
    }),
  );
}

/** @param parts of the same queries and records */
export function sumScores(parts: readonly Scores[]): Scores {
  return parts[0]!.map((_, query) => {
    const sum = new Float64Array(parts[0]![query]!.length);
    for (const part of parts)
      part[query]!.forEach((score, i) => {
        sum[i]! += score;
      });
    return sum;
  });
}
