import { type Contestant, promptTokens } from "./Contestant.js";

/** What `ExactModel` and `Fp32Model` have in common. `C` is their cache. */
export interface Decoder<C extends { filled: number }> {
  newCache(sequences: number): C;
  prefill(tokens: readonly number[], cache: C, sequence?: number): Promise<Float32Array>;
  step(tokens: readonly number[], cache: C): Promise<Float32Array>;
  release(): Promise<void>;
}

export interface OnnxContestantOptions {
  readonly vocabulary: number;
  /** The token to go on with, of one row of logits. */
  readonly choose: (logits: Float32Array) => number;
  /** Logits of positions `heads` in one pass, where the decoder has such a pass. */
  readonly pass?: (tokens: readonly number[], heads: readonly number[]) => Promise<Float32Array>;
}

/** A decoder on onnxruntime. */
export class OnnxContestant<C extends { filled: number }> implements Contestant {
  private cache: C | undefined;
  private next: number[] = [];

  constructor(
    private readonly decoder: Decoder<C>,
    private readonly options: OnnxContestantOptions,
  ) {}

  async open(sequences: number, length: number): Promise<void> {
    const cache = this.decoder.newCache(sequences);
    this.next = [];
    for (let sequence = 0; sequence < sequences; sequence++) {
      // Sequences of a cache are equally long: each prompt is written beside the others, not after them.
      cache.filled = 0;
      const tokens = promptTokens(length, this.options.vocabulary, sequence);
      this.next.push(this.options.choose(await this.decoder.prefill(tokens, cache, sequence)));
    }
    this.cache = cache;
  }

  async generate(count: number): Promise<void> {
    for (let i = 0; i < count; i++) this.next = this.chooseEach(await this.decoder.step(this.next, this.cache!));
  }

  async prefill(length: number): Promise<void> {
    const tokens = promptTokens(length, this.options.vocabulary);
    this.options.choose(await this.decoder.prefill(tokens, this.decoder.newCache(1)));
  }

  async audit(prompt: number, answer: number): Promise<void> {
    const { pass, vocabulary } = this.options;
    if (pass === undefined) throw new Error("only exact programs are audited");
    // The token at a position of the answer is chosen from the logits of the position before it.
    const heads = Array.from({ length: answer }, (_, i) => prompt + i - 1);
    this.chooseEach(await pass(promptTokens(prompt + answer - 1, vocabulary), heads));
  }

  async close(): Promise<void> {
    await this.decoder.release();
  }

  private chooseEach(logits: Float32Array): number[] {
    const { vocabulary, choose } = this.options;
    const rows = logits.length / vocabulary;
    return Array.from({ length: rows }, (_, i) => choose(logits.subarray(i * vocabulary, (i + 1) * vocabulary)));
  }
}
