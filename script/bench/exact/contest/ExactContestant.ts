import { type ExactModel, type KeyValueCache, LOGIT_ONE, type StepModel, type StepSequence } from "@openledger/engine";
import { type Contestant, promptTokens } from "./Contestant.js";
import { greedyIntegerToken, greedyToken } from "./greedyToken.js";

/** Positions of a sequence that is continued alone. */
const POSITIONS = 512;

/** An exact program as nodes run it: texts and batches on the graph, one sequence token by token on kernels. */
export class ExactContestant implements Contestant {
  private state: One | Many | undefined;
  private steps: StepModel | undefined;

  /** @param openSteps called where one sequence is continued for the first time */
  constructor(
    private readonly exact: ExactModel,
    private readonly openSteps: () => StepModel,
  ) {}

  async open(sequences: number, length: number): Promise<void> {
    if (this.state?.kind === "one") this.state.sequence.release();
    this.state = sequences === 1 ? await this.openOne(length) : await this.openMany(sequences, length);
  }

  async generate(count: number): Promise<void> {
    const state = this.state!;
    for (let i = 0; i < count; i++) {
      if (state.kind === "one") state.next = greedyToken(this.steps!.step(state.sequence, state.next));
      else state.next = this.chooseEach(await this.exact.step(state.next, state.cache));
    }
  }

  async prefill(length: number): Promise<void> {
    const { exact } = this;
    this.chooseEach(await exact.prefill(this.prompt(length), exact.newCache()));
  }

  async audit(prompt: number, answer: number): Promise<void> {
    // The token at a position of the answer is chosen from the logits of the position before it.
    const wanted = Array.from({ length: answer }, (_, i) => prompt + i - 1);
    const { logits } = await this.exact.run({ tokens: this.prompt(prompt + answer - 1), count: 1, wanted });
    this.chooseEach(logits);
  }

  async close(): Promise<void> {
    await this.exact.release();
  }

  private async openOne(length: number): Promise<One> {
    const tokens = this.prompt(length);
    const result = await this.exact.run({ tokens, count: 1, wanted: [length - 1] });
    this.steps ??= this.openSteps();
    const sequence = this.steps.newSequence(POSITIONS);
    sequence.append(result, length);
    return { kind: "one", sequence, next: this.chooseEach(result.logits)[0]! };
  }

  private async openMany(sequences: number, length: number): Promise<Many> {
    const cache = this.exact.newCache(sequences);
    const next: number[] = [];
    for (let sequence = 0; sequence < sequences; sequence++) {
      next.push(...this.chooseEach(await this.exact.prefill(this.prompt(length, sequence), cache, sequence)));
    }
    return { kind: "many", cache, next };
  }

  private prompt(length: number, sequence = 0): number[] {
    return promptTokens(length, this.exact.program.shape.vocabulary, sequence);
  }

  private chooseEach(logits: Float32Array): number[] {
    const { vocabulary } = this.exact.program.shape;
    return Array.from({ length: logits.length / vocabulary }, (_, i) =>
      greedyIntegerToken(logits.subarray(i * vocabulary, (i + 1) * vocabulary), LOGIT_ONE),
    );
  }
}

interface One {
  readonly kind: "one";
  readonly sequence: StepSequence;
  next: number;
}

interface Many {
  readonly kind: "many";
  readonly cache: KeyValueCache;
  next: number[];
}
