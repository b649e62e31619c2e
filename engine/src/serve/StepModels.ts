import { ExactError } from "../exact/errors.js";
import type { Program } from "../exact/program/Program.js";
import { StepEngine } from "../exact/step/StepEngine.js";
import { StepModel } from "../exact/step/StepModel.js";
import type { StepSequence } from "../exact/step/StepSequence.js";

/** Models kept that nobody generates with. */
const MOST_IDLE = 64;

/** A sequence and the model that continues it; `end` it. */
export interface StepGeneration {
  readonly model: StepModel;
  readonly sequence: StepSequence;
  end(): void;
}

interface Kept {
  readonly model: StepModel;
  generations: number;
}

/** Models that generate token by token, over one memory; the least recently used idle ones are given up. */
export class StepModels {
  private readonly engine = new StepEngine();
  private readonly kept = new Map<Program, Kept>();

  /**
   * @param capacity most positions
   * @returns undefined where there is no memory for it: graphs of onnxruntime need none of this one
   */
  begin(program: Program, capacity: number): StepGeneration | undefined {
    try {
      return this.start(program, capacity);
    } catch (error) {
      if (error instanceof ExactError && error.code === "memory_exhausted") return undefined;
      throw error;
    }
  }

  private start(program: Program, capacity: number): StepGeneration {
    const kept = this.kept.get(program) ?? { model: new StepModel(this.engine, program), generations: 0 };
    this.kept.delete(program);
    this.kept.set(program, kept);
    const sequence = kept.model.newSequence(capacity);
    kept.generations += 1;
    return {
      model: kept.model,
      sequence,
      end: () => {
        sequence.release();
        kept.generations -= 1;
        this.giveUp();
      },
    };
  }

  private giveUp(): void {
    const idle = [...this.kept].filter(([, { generations }]) => generations === 0);
    for (const [program, { model }] of idle.slice(0, Math.max(0, idle.length - MOST_IDLE))) {
      this.kept.delete(program);
      model.release();
    }
  }
}
