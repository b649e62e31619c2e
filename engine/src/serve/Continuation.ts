import type { Program } from "../exact/program/Program.js";
import type { KeyValueCache } from "../exact/run/KeyValueCache.js";
import { integers } from "./integers.js";
import type { ProgramSessions, RunningProgram } from "./ProgramSessions.js";
import type { StepGeneration } from "./StepModels.js";

/** One sequence that is read, then continued token by token. Logits are integers `[vocabulary]`, good until the next call. */
export interface Continuation {
  /** Once, before the first step. @returns logits after the last token */
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
  const running = await sessions.of(program);
  try {
    const steps = sessions.steps?.begin(program, capacity);
    return steps === undefined ? new OnGraph(running, capacity) : new OnKernels(running, steps);
  } catch (error) {
    running.done();
    throw error;
  }
}

/** Every run on the graph. */
class OnGraph implements Continuation {
  private readonly cache: KeyValueCache;

  constructor(
    private readonly running: RunningProgram,
    capacity: number,
  ) {
    this.cache = running.exact.newCache();
    this.cache.reserve(capacity);
  }

  async read(tokens: readonly number[]): Promise<Int32Array> {
    const { exact, tables } = this.running;
    return integers(await exact.prefill(tokens, this.cache, 0, tables));
  }

  async step(token: number): Promise<Int32Array> {
    const { exact, tables } = this.running;
    return integers(await exact.step([token], this.cache, tables));
  }

  end(): void {
    this.running.done();
  }
}

/** The text on the graph, which reads many positions at once; tokens on kernels, which cost less for one. */
class OnKernels implements Continuation {
  constructor(
    private readonly running: RunningProgram,
    private readonly steps: StepGeneration,
  ) {}

  async read(tokens: readonly number[]): Promise<Int32Array> {
    const { running, steps } = this;
    const { exact, tables } = running;
    const result = await exact.run({ tokens, count: 1, wanted: [tokens.length - 1], tables });
    running.done();
    steps.sequence.append(result, tokens.length);
    return integers(result.logits);
  }

  async step(token: number): Promise<Int32Array> {
    const { model, sequence } = this.steps;
    return model.step(sequence, token);
  }

  end(): void {
    this.running.done();
    this.steps.end();
  }
}
