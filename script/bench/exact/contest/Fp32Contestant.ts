import type { Fp32Cache } from "../fp32/Fp32Cache.js";
import type { Fp32Model } from "../fp32/Fp32Model.js";
import { type Contestant, promptTokens } from "./Contestant.js";
import { greedyToken } from "./greedyToken.js";

/** The fp32 baseline on onnxruntime. */
export class Fp32Contestant implements Contestant {
  private cache: Fp32Cache | undefined;
  private next: number[] = [];

  constructor(
    private readonly model: Fp32Model,
    private readonly vocabulary: number,
  ) {}

  async open(sequences: number, length: number): Promise<void> {
    const cache = this.model.newCache(sequences);
    this.next = [];
    for (let sequence = 0; sequence < sequences; sequence++) {
      // Sequences of a cache are equally long: each prompt is written beside the others, not after them.
      cache.filled = 0;
      const tokens = promptTokens(length, this.vocabulary, sequence);
      this.next.push(greedyToken(await this.model.prefill(tokens, cache, sequence)));
    }
    this.cache = cache;
  }

  async generate(count: number): Promise<void> {
    const { vocabulary } = this;
    for (let i = 0; i < count; i++) {
      const logits = await this.model.step(this.next, this.cache!);
      this.next = this.next.map((_, row) => greedyToken(logits.subarray(row * vocabulary, (row + 1) * vocabulary)));
    }
  }

  async prefill(length: number): Promise<void> {
    greedyToken(await this.model.prefill(promptTokens(length, this.vocabulary), this.model.newCache(1)));
  }

  async audit(): Promise<void> {
    throw new Error("only exact programs are audited");
  }

  async close(): Promise<void> {
    await this.model.release();
  }
}
