/** What a model said of a text, token by token, its true predecessors given. */
export class Predictions {
  /** Sum over tokens of −log probability, in nats. */
  private nats = 0;
  readonly choices: number[] = [];

  /** @param logits `[targets, vocabulary]`, in nats */
  add(logits: Float32Array | Float64Array, targets: readonly number[]): void {
    const vocabulary = logits.length / targets.length;
    targets.forEach((target, i) => {
      const row = logits.subarray(i * vocabulary, (i + 1) * vocabulary);
      let best = 0;
      for (let token = 1; token < vocabulary; token++) if (row[token]! > row[best]!) best = token;
      let sum = 0;
      for (let token = 0; token < vocabulary; token++) sum += Math.exp(row[token]! - row[best]!);
      this.nats += row[best]! + Math.log(sum) - row[target]!;
      this.choices.push(best);
    });
  }

  get perplexity(): number {
    return Math.exp(this.nats / this.choices.length);
  }

  /** Part of the positions at which another chooses the same token. */
  agreement(other: Predictions): number {
    const same = this.choices.filter((choice, i) => choice === other.choices[i]).length;
    return same / this.choices.length;
  }
}
