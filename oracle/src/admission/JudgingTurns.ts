import { IdleTurns } from "../IdleTurns.js";
import type { ContributionAdviser } from "./ContributionAdviser.js";
import type { ContributionJudge } from "./ContributionJudge.js";

/** Rounds and advice share the base: a round has a deadline, so that advice begins when none is judged, and gives way to one. */
export class JudgingTurns {
  readonly #turns = new IdleTurns();

  constructor(
    /** Absent when this oracle scores in no Datanet. */
    private readonly rounds: Pick<ContributionJudge, "step"> | undefined,
    /** Absent when this oracle says its opinion of no Datanet's contributions. */
    private readonly adviser: Pick<ContributionAdviser, "step"> | undefined,
  ) {}

  /** @param onWork Called before one is judged. @returns Whether a round was. @throws as `ContributionJudge.step` */
  judge(signal: AbortSignal, onWork?: () => void): Promise<boolean> {
    return this.#turns.other(async (onTurn) => {
      const onRound = () => {
        onTurn();
        onWork?.();
      };
      return (await this.rounds?.step(signal, onRound)) ?? false;
    });
  }

  /**
   * @param onWork Called before an opinion is made
   * @returns Whether one was; not where a round took its turn
   * @throws as `ContributionAdviser.step`
   */
  advise(signal: AbortSignal, onWork?: () => void): Promise<boolean> {
    return this.#turns.idle(async (ending) => (await this.adviser?.step(ending, onWork)) ?? false, signal);
  }
}
