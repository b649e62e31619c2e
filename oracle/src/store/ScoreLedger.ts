/** Scores of rounds with the salts that hide them, stored before they are committed to, and why they were given. */
import type { Hex } from "viem";
import type { Database, Row } from "./Database.js";

export interface KeptScores {
  readonly commitment: Hex;
  readonly round: bigint;
  /** Of the numbers of the contributions, as the contract hashes them. */
  readonly contributionsHash: Hex;
  /** In the round's order. */
  readonly scores: readonly number[];
  readonly salt: Hex;
}

export interface KeptAdmission {
  readonly datanet: bigint;
  readonly contribution: bigint;
  /** First second, since 1970, in which it may be told: nobody can commit to a copy of the score any more. */
  readonly toldFrom: bigint;
  /** Canonical JSON. */
  readonly text: string;
}

interface ScoresRow extends Row {
  readonly commitment: Hex;
  readonly round: string;
  readonly contributions_hash: Hex;
  readonly scores: readonly number[];
  readonly salt: Hex;
}

export class ScoreLedger {
  constructor(private readonly database: Database) {}

  /** Keeps scores and reasons, all or nothing. What was kept for the round and its contributions before stays. */
  async keep(kept: KeptScores, admissions: readonly KeptAdmission[], now: Date): Promise<void> {
    await this.database.transaction(async ({ query }) => {
      const { commitment, round, contributionsHash, scores, salt } = kept;
      const stored = await query(
        "insert into scores values ($1, $2, $3, $4, $5, $6) on conflict do nothing returning round",
        [commitment, round, contributionsHash, scores, salt, now],
      );
      if (stored.length === 0) return;
      for (const { datanet, contribution, toldFrom, text } of admissions) {
        const values = [commitment, datanet, contribution, toldFrom, text];
        await query("insert into admissions values ($1, $2, $3, $4, $5)", values);
      }
    });
  }

  /** What was given in a round over these contributions. */
  async ofRound(round: bigint, contributionsHash: Hex): Promise<KeptScores | undefined> {
    return this.#scores("round = $1 and contributions_hash = $2", [round, contributionsHash]);
  }

  async ofCommitment(commitment: Hex): Promise<KeptScores | undefined> {
    return this.#scores("commitment = $1", [commitment]);
  }

  /** Why a contribution was scored as it was, in the newest round. */
  async admission(datanet: bigint, contribution: bigint): Promise<KeptAdmission | undefined> {
    const [row] = await this.database.query<{ told_from: string; text: string }>(
      `select a.told_from, a.text from admissions a join scores s using (commitment)
       where a.contribution = $1 and a.datanet = $2 order by s.round desc, s.judged_at desc limit 1`,
      [contribution, datanet],
    );
    return row === undefined ? undefined : { datanet, contribution, toldFrom: BigInt(row.told_from), text: row.text };
  }

  async #scores(where: string, values: readonly unknown[]): Promise<KeptScores | undefined> {
    const [row] = await this.database.query<ScoresRow>(`select * from scores where ${where}`, values);
    return row === undefined
      ? undefined
      : {
          commitment: row.commitment,
          round: BigInt(row.round),
          contributionsHash: row.contributions_hash,
          scores: row.scores,
          salt: row.salt,
        };
  }
}
