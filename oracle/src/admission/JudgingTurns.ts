import type { ContributionAdviser } from "./ContributionAdviser.js";
import type { ContributionJudge } from "./ContributionJudge.js";

/** Rounds and advice share the base: a round has a deadline, so that advice begins when none is judged, and gives way to one. */
export class JudgingTurns {
  #isJudging = false;
  /** Ends the advice that is being made. */
  #advice: AbortController | undefined;

  constructor(
    /** Absent when this oracle scores in no Datanet. */
    private readonly rounds: Pick<ContributionJudge, "step"> | undefined,
    /** Absent when this oracle says its opinion of no Datanet's contributions. */
    private readonly adviser: Pick<ContributionAdviser, "step"> | undefined,
  ) {}

  /** @param onWork Called before one is judged. @returns Whether a round was. @throws as `ContributionJudge.step` */
  async judge(signal: AbortSignal, onWork?: () => void): Promise<boolean> {
    try {
      const onRound = () => {
        this.#isJudging = true;
        this.#advice?.abort();
        onWork?.();
      };
      return (await this.rounds?.step(signal, onRound)) ?? false;
    } finally {
      this.#isJudging = false;
    }
  }

  /**
   * @param onWork Called before an opinion is made
   * @returns Whether one was; not where a round took its turn
   * @throws as `ContributionAdviser.step`
   */
  async advise(signal: AbortSignal, onWork?: () => void): Promise<boolean> {
    if (this.#isJudging) return false;
    const advice = new AbortController();
    this.#advice = advice;
    try {
      return (await this.adviser?.step(AbortSignal.any([signal, advice.signal]), onWork)) ?? false;
    } catch (error) {
      if (advice.signal.aborted) return false;
      throw error;
    } finally {
      this.#advice = undefined;
    }
  }
}
