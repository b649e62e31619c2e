/** Entries one by one, of which the next is seen before its turn comes. */
export class Ahead<T> {
  readonly #entries: Iterator<T>;
  #next: T | undefined;

  constructor(entries: Iterable<T>) {
    this.#entries = entries[Symbol.iterator]();
    this.#advance();
  }

  /** Undefined behind the last. */
  get next(): T | undefined {
    return this.#next;
  }

  /** The next one, whose turn it is: there has to be one. */
  take(): T {
    const taken = this.#next!;
    this.#advance();
    return taken;
  }

  #advance(): void {
    const { done, value } = this.#entries.next();
    this.#next = done === true ? undefined : value;
  }
}
