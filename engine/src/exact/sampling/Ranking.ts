/** The last token that may be drawn: nearer ones may, and equally near ones up to its index. */
export interface Cut {
  readonly distance: number;
  readonly token: number;
  /** Weight of the tokens up to it. */
  readonly mass: number;
}

/** 2^12 buckets by distance find a cut without a sort of the vocabulary. */
const BUCKET_BITS = 12;
/** More than any index. */
const INDEX_SPAN = 2 ** 18;

/**
 * The tokens that weigh anything, by distance from the highest logit, then by index: buckets by distance, of which a
 * cut sorts the one it falls in. Distances are below 2^24 where a weight is left and indices below 2^18: both fit one
 * double, by which it is sorted. Masses are at most 2^48.
 */
export class Ranking {
  readonly #counts = new Uint32Array(2 ** BUCKET_BITS);
  readonly #masses = new Float64Array(2 ** BUCKET_BITS);
  readonly #shift: number;
  #weighing = 0;

  /**
   * @param distances `[vocabulary]`, highest logit less each
   * @param weights `[vocabulary]`, a function of the distance that never rises
   * @param farthest Greatest distance that weighs
   */
  constructor(
    private readonly distances: Int32Array,
    private readonly weights: Int32Array,
    farthest: number,
  ) {
    this.#shift = Math.max(0, 32 - Math.clz32(farthest) - BUCKET_BITS);
    for (let token = 0; token < weights.length; token++) {
      const weight = weights[token]!;
      if (weight === 0) continue;
      const bucket = distances[token]! >> this.#shift;
      this.#counts[bucket]!++;
      this.#masses[bucket]! += weight;
      this.#weighing++;
    }
  }

  /** The token at which `count` are reached; the last that weighs anything where there are fewer. */
  cutAtCount(count: number): Cut {
    const wanted = Math.min(count, this.#weighing);
    return this.#cut((tokens) => tokens >= wanted);
  }

  /** The token at which a weight is reached. @param enough 1 to the weight of all */
  cutAtMass(enough: number): Cut {
    return this.#cut((_, mass) => mass >= enough);
  }

  #cut(reached: (tokens: number, mass: number) => boolean): Cut {
    let tokens = 0;
    let mass = 0;
    let bucket = 0;
    while (!reached(tokens + this.#counts[bucket]!, mass + this.#masses[bucket]!)) {
      tokens += this.#counts[bucket]!;
      mass += this.#masses[bucket]!;
      bucket++;
    }
    const keys = this.#sorted(bucket);
    let at = 0;
    for (;;) {
      const token = keys[at++]! % INDEX_SPAN;
      mass += this.weights[token]!;
      if (reached(++tokens, mass)) return { distance: this.distances[token]!, token, mass };
    }
  }

  /** `distance · 2^18 + index` of a bucket's tokens, ascending. */
  #sorted(bucket: number): Float64Array {
    const keys = new Float64Array(this.#counts[bucket]!);
    let found = 0;
    for (let token = 0; token < this.weights.length; token++) {
      if (this.weights[token] === 0 || this.distances[token]! >> this.#shift !== bucket) continue;
      keys[found++] = this.distances[token]! * INDEX_SPAN + token;
    }
    return keys.sort();
  }
}
