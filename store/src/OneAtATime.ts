import { StoreError } from "./StoreError.js";

/** Runs tasks one after the other, in the order in which they came; one that fails does not stop the next. */
export class OneAtATime {
  #last: Promise<unknown> = Promise.resolve();
  #unfinished = 0;

  /** @param mostWaiting Tasks that may wait for the one that runs. */
  constructor(private readonly mostWaiting = Number.POSITIVE_INFINITY) {}

  /** @throws StoreError `busy` where too many wait */
  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#unfinished > this.mostWaiting) {
      throw new StoreError("busy", `${this.mostWaiting} orders wait for their turn. Send this one again later.`, true);
    }
    this.#unfinished += 1;
    const result = this.#last.then(task).finally(() => {
      this.#unfinished -= 1;
    });
    this.#last = result.catch(() => {});
    return result;
  }
}
