/** Work of the base that gives way to other work: it begins when there is none, and ends when some comes. */
export class IdleTurns {
  #others = 0;
  /** Ends the work that is being done. */
  #ending: AbortController | undefined;

  /** @param step Calls what it is given before it begins to work */
  async other<T>(step: (onWork: () => void) => Promise<T>): Promise<T> {
    let isWorking = false;
    const onWork = () => {
      if (!isWorking) this.#others++;
      isWorking = true;
      this.#ending?.abort();
    };
    try {
      return await step(onWork);
    } finally {
      if (isWorking) this.#others--;
    }
  }

  /** @returns Whether something was done; not where it had to give way. @throws as `step` */
  async idle(step: (signal: AbortSignal) => Promise<boolean>, signal: AbortSignal): Promise<boolean> {
    if (this.#others > 0) return false;
    const ending = new AbortController();
    this.#ending = ending;
    try {
      return await step(AbortSignal.any([signal, ending.signal]));
    } catch (error) {
      if (ending.signal.aborted) return false;
      throw error;
    } finally {
      this.#ending = undefined;
    }
  }
}
