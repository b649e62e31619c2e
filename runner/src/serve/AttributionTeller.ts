import type { ProvisionalAttribution } from "@openledger/engine";

/** What says of an answer that is being written whose data shapes it so far. */
export interface FollowedAttribution {
  isDue(tokens: number): boolean;
  take(
    tokens: readonly number[],
    options: { readonly signal: AbortSignal },
  ): Promise<ProvisionalAttribution | undefined>;
}

/** Follows one answer beside its generation, one statement after the other. What goes wrong costs statements, never the answer. */
export class AttributionTeller {
  readonly #stopping = new AbortController();
  #taking: Promise<void> | undefined;

  constructor(
    private readonly followed: FollowedAttribution,
    private readonly tell: (attribution: ProvisionalAttribution) => void,
    private readonly onFault: (error: unknown) => void,
  ) {}

  /** @param tokens All so far */
  onTokens(tokens: readonly number[]): void {
    const { signal } = this.#stopping;
    if (signal.aborted || this.#taking !== undefined || !this.followed.isDue(tokens.length)) return;
    this.#taking = this.followed
      .take([...tokens], { signal })
      .then((attribution) => {
        if (attribution !== undefined && !signal.aborted) this.tell(attribution);
      })
      .catch((error: unknown) => {
        if (signal.aborted) return;
        this.#stopping.abort();
        this.onFault(error);
      })
      .finally(() => {
        this.#taking = undefined;
      });
  }

  /** Resolves once nothing of the model is used any more; nothing is told after the call. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#taking;
  }
}
