import { ExactError } from "../errors.js";
import type { Program } from "../program/Program.js";
import { type RowReader, rowReaderOf } from "../program/RowReader.js";
import { embedTokens } from "../run/embedTokens.js";
import type { StepEngine } from "./StepEngine.js";
import { StepPlan } from "./StepPlan.js";
import { StepSequence } from "./StepSequence.js";

/**
 * A program one position at a time, on kernels of WebAssembly: the bits of `ExactModel`, without what a graph of small
 * operations costs for each of them. Runs where numbers are: nothing is awaited.
 */
export class StepModel {
  private readonly plan: StepPlan;
  private readonly input: number;
  private readonly logits: number;

  /** @throws ExactError `memory_exhausted`, `arithmetic_unsupported` for a program in integers */
  constructor(
    private readonly engine: StepEngine,
    readonly program: Program,
    private readonly rows: RowReader = rowReaderOf(program),
  ) {
    if (program.arithmetic !== "float") {
      throw new ExactError(
        "arithmetic_unsupported",
        "kernels of steps compute programs in binary32; run a program in integers as a graph (ExactModel)",
      );
    }
    this.plan = new StepPlan(program, engine, rows);
    try {
      this.plan.plan();
    } catch (error) {
      this.plan.release();
      throw error;
    }
    this.input = this.plan.pointer(program.blocks[0]!.output!);
    this.logits = this.plan.pointer(program.logits);
  }

  /**
   * @param capacity most positions
   * @throws ExactError `position_out_of_range`, `memory_exhausted`
   */
  newSequence(capacity: number): StepSequence {
    const { maxPositions } = this.program.shape;
    if (capacity > maxPositions) {
      throw new ExactError(
        "position_out_of_range",
        `the program holds ${maxPositions} positions, asked for a sequence of ${capacity}`,
      );
    }
    return StepSequence.of(this.program, this.engine.memory, capacity);
  }

  /**
   * Appends one token. @returns integer logits `[vocabulary]`, good until the next step of any model of the engine
   * @throws ExactError `token_out_of_range`, `position_out_of_range`
   */
  step(sequence: StepSequence, token: number): Int32Array {
    const { length: position, capacity } = sequence;
    if (position >= capacity) {
      throw new ExactError("position_out_of_range", `the sequence has room for ${capacity} positions, no more`);
    }
    const { memory } = this.engine;
    const { heads, hidden, vocabulary } = this.program.shape;
    this.engine.keyed.reserve(heads, capacity);
    memory.floats(this.input, hidden).set(embedTokens(this.program, this.rows, [token], [position]));
    const place = { sequence, position };
    for (const run of this.plan.runs) run(place);
    sequence.length += 1;
    return memory.integers(this.logits, vocabulary);
  }

  /** Gives back the tables that no other program holds. The model steps no more. */
  release(): void {
    this.plan.release();
  }
}
