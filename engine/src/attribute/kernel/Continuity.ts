import { CONTINUITY_TOKENS } from "../../exact/program/AttributionOp.js";
import { continued } from "../../exact/reference/credit.js";

/** What each record of one index was credited for the last tokens: `continuity` of exact programs without what is 0. */
export class Continuity {
  readonly #recent = new Map<number, number>();
  readonly #tokens: { readonly records: Uint32Array; readonly credits: Float64Array }[] = [];

  /** Σ v of a record as far as it continues; `sum` below 2^24. */
  of(record: number, sum: number): number {
    return continued(sum, this.#recent.get(record) ?? 0);
  }

  /**
   * The next token.
   *
   * @param records that it was credited to, each once. @param credits of each, without continuity
   */
  push(records: Uint32Array, credits: Float64Array): void {
    this.#tokens.push({ records, credits });
    records.forEach((record, i) => {
      if (credits[i]! > 0) this.#recent.set(record, (this.#recent.get(record) ?? 0) + credits[i]!);
    });
    if (this.#tokens.length > CONTINUITY_TOKENS) this.#drop();
  }

  #drop(): void {
    const { records, credits } = this.#tokens.shift()!;
    records.forEach((record, i) => {
      const left = (this.#recent.get(record) ?? 0) - credits[i]!;
      if (left > 0) this.#recent.set(record, left);
      else this.#recent.delete(record);
    });
  }
}
