import type { Program } from "../exact/program/Program.js";
import type { ExactModel, Fed } from "../exact/run/ExactModel.js";
import type { KeyValueCache } from "../exact/run/KeyValueCache.js";
import { integers } from "./integers.js";
import type { ProgramSessions } from "./ProgramSessions.js";
import type { StepGeneration } from "./StepModels.js";

/** One sequence that is read, then continued token by token. Logits are integers `[vocabulary]`, good until the next call. */
export interface Continuation {
  /** @returns logits after the last token */
  read(tokens: readonly number[]): Promise<Int32Array>;
  step(token: number): Promise<Int32Array>;
  /** Gives its memory back. */
  end(): void;
}

/** @param capacity most positions */
export async function beginContinuation(
  sessions: ProgramSessions,
  program: Program,
  capacity: number,
): Promise<Continuation> {
  const { exact, tables } = await sessions.of(program);
  const steps = sessions.steps?.begin(program, capacity);
  return steps === undefined ? new OnGraph(exact, tables, capacity) : new OnKernels(exact, tables, steps);
}

/** Every run on the graph. */
class OnGraph implements Continuation {
  private readonly cache: KeyValueCache;

  constructor(
    private readonly exact: ExactModel,
    private readonly tables: Fed,
    capacity: number,
  ) {
    this.cache = exact.newCache();
    this.cache.reserve(capacity);
  }

  async read(tokens: readonly number[]): Promise<Int32Array> {
    return integers(await this.exact.prefill(tokens, this.cache, 0, this.tables));
  }

  async step(token: number): Promise<Int32Array> {
    return integers(await this.exact.step([token], this.cache, this.tables));
  }

  end(): void {}
}

/** The text on the graph, which reads many positions at once; tokens on kernels, which cost less for one. */
class OnKernels implements Continuation {
  constructor(
    private readonly exact: ExactModel,
    private readonly tables: Fed,
    private readonly steps: StepGeneration,
  ) {}

  async read(tokens: readonly number[]): Promise<Int32Array> {
    const { exact, tables, steps } = this;
    const result = await exact.run({ tokens, count: 1, wanted: [tokens.length - 1], tables });
    steps.sequence.append(result, tokens.length);
    return integers(result.logits);
  }

  async step(token: number): Promise<Int32Array> {
    const { model, sequence } = this.steps;
    return model.step(sequence, token);
  }

  end(): void {
    this.steps.end();
  }
}
