import { ModelUnusable } from "./ModelUnusable.js";

/** Work that is done once by what was asked: what failed is done again, unless it would fail for ever. */
export class Once<T> {
  readonly #done = new Map<string, Promise<T>>();

  /** @param asked All that the outcome depends on. @throws what `work` throws, now or at first */
  do(asked: string, work: () => Promise<T>): Promise<T> {
    const known = this.#done.get(asked);
    if (known !== undefined) return known;
    const doing = work();
    this.#done.set(asked, doing);
    doing.catch((error: unknown) => {
      const isFinal = error instanceof ModelUnusable && error.isFinal;
      if (!isFinal && this.#done.get(asked) === doing) this.#done.delete(asked);
    });
    return doing;
  }

  /** Forgets what is wanted no longer, by what was asked. */
  retain(isWanted: (asked: string) => boolean): void {
    for (const key of this.#done.keys()) if (!isWanted(key)) this.#done.delete(key);
  }
}
