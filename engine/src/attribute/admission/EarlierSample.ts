import { Random } from "../../train/random.js";

/** Texts that are kept: four times what is measured, since some cannot be. */
const KEPT_TEXTS = 256;

/**
 * Some of a Datanet's earlier records, each as likely as any other, however many there are (Vitter 1985, algorithm R). The same
 * records in the same order under the same seed leave the same sample.
 */
export class EarlierSample {
  readonly #texts: Uint8Array[] = [];
  readonly #random: Random;
  #seen = 0;

  /** @param seed a safe integer from 0 on */
  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  add(text: Uint8Array): void {
    this.#seen++;
    const at = this.#seen <= KEPT_TEXTS ? this.#seen - 1 : this.#random.below(this.#seen);
    if (at < KEPT_TEXTS) this.#texts[at] = text;
  }

  /** At most 256, in no order. */
  get texts(): readonly Uint8Array[] {
    return this.#texts;
  }
}
