import { type Contestant, promptTokens } from "../contest/Contestant.js";
import { loadLlamaCpp } from "./loadLlamaCpp.js";
import type { Llama, LlamaContext, LlamaModel, LlamaSequence, Prioritize } from "./nodeLlamaCpp.js";

/** A step of 32 sequences and a prompt of 256 tokens are one batch each; llama.cpp cuts batches no further. */
const BATCH = 256;

/** Positions of a context that holds one sequence, and of each of several. */
const POSITIONS = { one: 512, each: 256 };

const GREEDY = { temperature: 0 } as const;

/**
 * llama.cpp on a GGUF file, with its prebuilt binary for processors. Flash attention is on: without it 135 M parameters
 * took 693 for 605 ms (prompt of 256) and 185 for 131 ms (step of 32), one thread. Tokens come through the public
 * generator; driving the native context without it took 9.2 for 9.0 ms a token and 144 for 152 ms a step of 32.
 */
export class LlamaCppContestant implements Contestant {
  private context: LlamaContext | undefined;
  private generators: AsyncGenerator<number, void, undefined>[] = [];
  private prompts: { readonly context: LlamaContext; readonly sequence: LlamaSequence } | undefined;
  /** Sequences in each batch since generating began. */
  private batches: number[] = [];

  private constructor(
    private readonly llama: Llama,
    private readonly model: LlamaModel,
    private readonly vocabulary: number,
    private readonly threads: number,
  ) {}

  static async load(file: string, vocabulary: number, threads: number): Promise<LlamaCppContestant> {
    const { llama, model } = await loadLlamaCpp(file, threads);
    return new LlamaCppContestant(llama, model, vocabulary, threads);
  }

  async open(sequences: number, length: number): Promise<void> {
    for (const generator of this.generators) await generator.return();
    await this.context?.dispose();
    const context = await this.model.createContext({
      ...this.settings,
      sequences,
      contextSize: sequences === 1 ? POSITIONS.one : POSITIONS.each,
      batching: { itemPrioritizationStrategy: this.inOneBatch },
    });
    this.context = context;
    this.generators = Array.from({ length: sequences }, (_, sequence) =>
      context
        .getSequence()
        .evaluate(promptTokens(length, this.vocabulary, sequence), { ...GREEDY, yieldEogToken: true }),
    );
    await this.generate(1, "prompts");
  }

  async generate(count: number, of: "steps" | "prompts" = "steps"): Promise<void> {
    for (let i = 0; i < count; i++) {
      this.batches = [];
      await Promise.all(this.generators.map((generator) => generator.next()));
      if (of === "steps" && this.batches.join() !== `${this.generators.length}`) {
        throw new Error(`a step of ${this.generators.length} sequences ran in batches of ${this.batches.join(", ")}`);
      }
    }
  }

  async prefill(length: number): Promise<void> {
    if (this.prompts === undefined) {
      const context = await this.model.createContext({ ...this.settings, sequences: 1, contextSize: POSITIONS.one });
      this.prompts = { context, sequence: context.getSequence() };
    }
    const { sequence } = this.prompts;
    await sequence.clearHistory();
    const tokens = promptTokens(length, this.vocabulary);
    const last = [tokens.at(-1)!, { generateNext: { token: true, options: GREEDY } }] as const;
    await sequence.controlledEvaluate([...tokens.slice(0, -1), last]);
  }

  audit(): Promise<void> {
    throw new Error("only exact programs are audited");
  }

  async close(): Promise<void> {
    await this.llama.dispose();
  }

  private get settings() {
    return { batchSize: BATCH, threads: this.threads, flashAttention: true } as const;
  }

  /** All that waits, as far as it fits; the library's own strategy would spread a batch evenly over the sequences. */
  private readonly inOneBatch: Prioritize = ({ items, size }) => {
    this.batches.push(items.length);
    let left = size;
    const taken = items.map((item) => {
      const processAmount = Math.min(left, item.tokens.length);
      left -= processAmount;
      return { item, processAmount };
    });
    return taken.filter(({ processAmount }) => processAmount > 0);
  };
}
