/**
 * A seeded generator, so that a manifest's seed reproduces the weights: xoshiro128** (Blackman and Vigna 2018),
 * seeded through splitmix32. Not for secrets.
 */
export class Random {
  private readonly state = new Uint32Array(4);
  private spare: number | undefined;

  /** @param seed any safe integer from 0 on; both 32-bit halves count */
  constructor(seed: number) {
    let x = (seed ^ Math.imul(Math.floor(seed / 2 ** 32) + 1, 0x9e3779b9)) >>> 0;
    for (let i = 0; i < 4; i++) {
      x = (x + 0x9e3779b9) >>> 0;
      let z = x;
      z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      this.state[i] = z ^ (z >>> 15);
    }
  }

  /** 32 uniform bits. */
  bits(): number {
    const s = this.state;
    const product = Math.imul(s[1]!, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = s[1]! << 9;
    s[2]! ^= s[0]!;
    s[3]! ^= s[1]!;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= shifted;
    s[3] = (s[3]! << 11) | (s[3]! >>> 21);
    return result;
  }

  /** Uniform in [0, 1), 32 bits. */
  uniform(): number {
    return this.bits() / 2 ** 32;
  }

  /** Uniform integer in [0, bound); `bound` up to 2^32. */
  below(bound: number): number {
    return Math.floor(this.uniform() * bound);
  }

  /** Normal with mean 0 and variance 1 (Box and Muller 1958). */
  normal(): number {
    if (this.spare !== undefined) {
      const value = this.spare;
      this.spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /** Shuffles in place (Fisher and Yates). */
  shuffle<T>(items: T[]): T[] {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const kept = items[i]!;
      items[i] = items[j]!;
      items[j] = kept;
    }
    return items;
  }

  /** The whole state, for a checkpoint. */
  save(): { state: number[]; spare: number | null } {
    return { state: [...this.state], spare: this.spare ?? null };
  }

  static restore(saved: { state: number[]; spare: number | null }): Random {
    const random = new Random(0);
    random.state.set(saved.state);
    random.spare = saved.spare ?? undefined;
    return random;
  }
}
