/** All that records of a model move, for it and against it, is this: 32 bits, so that one of a million still has thousands. */
export const STANDING_WHOLE = 2 ** 32;

/** What a record is worth for a model. */
export interface RecordStanding {
  readonly record: number;
  /** Sum of its scores over the texts, see `sketchScore`. */
  readonly score: bigint;
  /** Of 2^32; below zero where training on the record makes the texts less likely. */
  readonly standing: number;
}

/** What a contributor is worth for a model. */
export interface ContributorStanding {
  readonly contributor: string;
  readonly records: number;
  readonly score: bigint;
  /** The sum of its records'. */
  readonly standing: number;
}

export interface Standings {
  /** By their numbers. */
  readonly records: readonly RecordStanding[];
  /** Highest first, of equals the one whose record is first. */
  readonly contributors: readonly ContributorStanding[];
}

/**
 * Standings of records from their scores, and of who contributed them.
 *
 * A record's is its score over the sum of all records' scores without their signs, times 2^32, cut towards zero: standings are integers
 * whose sizes add up to at most 2^32, and to 0 where no score is anything. A contributor's is the sum of its records': under how
 * many names somebody contributes changes no record's standing, and so not what his names have together.
 *
 * @param scores Of each record, summed over the texts
 * @param contributors Of each record
 */
export function standings(scores: readonly bigint[], contributors: readonly string[]): Standings {
  const all = scores.reduce((sum, score) => sum + (score < 0n ? -score : score), 0n);
  const whole = BigInt(STANDING_WHOLE);
  const records = scores.map((score, record) => ({
    record,
    score,
    standing: all === 0n ? 0 : Number((score * whole) / all),
  }));
  const found = new Map<string, { contributor: string; records: number; score: bigint; standing: number }>();
  for (const { record, score, standing } of records) {
    const contributor = contributors[record]!;
    const sum = found.get(contributor) ?? { contributor, records: 0, score: 0n, standing: 0 };
    sum.records++;
    sum.score += score;
    sum.standing += standing;
    found.set(contributor, sum);
  }
  return { records, contributors: [...found.values()].sort((a, b) => b.standing - a.standing) };
}
