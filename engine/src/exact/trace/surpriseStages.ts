import type { Op, ValueId } from "../program/Op.js";
import type { Program } from "../program/Program.js";
import { digitOf, joined } from "../reference/credit.js";
import type { Row } from "../reference/Row.js";
import { highest, mass, surpriseOf, surpriseWeight } from "../reference/surprise.js";
import { rowSite } from "./rowSite.js";
import { mostTouched, NO_TOKEN, type RowSpan, type Stage } from "./Stage.js";
import { followingSpan, lookupSpan, rowSpan, stageSpan } from "./spans.js";

/** Elements of i32 that lie in six leaves, seven where they do not start at one's start. */
export const REACH = 6 * 256;
/** A partial sum: its high and low digit, and the following token's weight if it is one of those summed, else 0. */
export const PARTIAL = 3;

/** Elements of what was made before. */
type Below = (from: number, count: number) => RowSpan;

/**
 * `partials` i32, the greatest of each 1,536 logits, where there are more; `greatest` i32 [1]; `weights` i32 [vocabulary];
 * `sums` i32 [runs, 3], partial sums of 1,536 weights each; the row. Up to 512 partial sums fit its step: 786,432 tokens.
 */
export function surpriseStages(
  program: Program,
  index: ValueId,
  op: Op & { kind: "surprise" },
  position: number,
): Stage[] {
  return new SurpriseStages(program, index, op, position).make();
}

class SurpriseStages {
  private readonly stages: Stage[] = [];

  constructor(
    private readonly program: Program,
    private readonly index: ValueId,
    private readonly op: Op & { kind: "surprise" },
    private readonly position: number,
  ) {}

  make(): Stage[] {
    const { vocabulary } = this.program.shape;
    this.weights(vocabulary, this.greatest(vocabulary));
    this.row(this.sums(vocabulary));
    return this.stages;
  }

  private greatest(vocabulary: number): Below {
    const logits: Below = (from, count) => rowSpan(this.op.logits, this.position, from, count);
    if (vocabulary <= REACH) return this.maxima("greatest", logits, vocabulary);
    return this.maxima("greatest", this.maxima("partials", logits, vocabulary), Math.ceil(vocabulary / REACH));
  }

  private maxima(name: "partials" | "greatest", below: Below, count: number): Below {
    return this.push({
      name,
      type: "i32",
      length: name === "partials" ? Math.ceil(count / REACH) : 1,
      mostLeaves: mostTouched("i32", name === "partials" ? REACH : count),
      step: (run) => ({ reads: [runOf(below, run, count)], compute: ([row]) => highest(row as Int32Array) }),
    });
  }

  private weights(vocabulary: number, greatest: Below): void {
    const { op, program, position } = this;
    this.push({
      name: "weights",
      type: "i32",
      length: vocabulary,
      mostLeaves: 3,
      step: (i) => ({
        reads: [rowSpan(op.logits, position, i), greatest(0, 1), lookupSpan(op.table)],
        compute: ([logit, top]) => surpriseWeight(op, rowSite(program, position, [], []), top![0]!, logit![0]!),
      }),
    });
  }

  /** @returns elements of the partial sums */
  private sums(vocabulary: number): number {
    const weights = this.latest();
    this.push({
      name: "sums",
      type: "i32",
      length: PARTIAL * Math.ceil(vocabulary / REACH),
      mostLeaves: mostTouched("i32", Math.min(REACH, vocabulary)) + 1,
      step: (element) => {
        const run = Math.floor(element / PARTIAL);
        return {
          reads: [followingSpan(this.position), runOf(weights, run, vocabulary)],
          compute([token, row]) {
            const part = element % PARTIAL;
            return part === 2 ? (row![token![0]! - REACH * run] ?? 0) : digitOf(mass(row!), part);
          },
        };
      },
    });
    return PARTIAL * Math.ceil(vocabulary / REACH);
  }

  private row(count: number): void {
    const sums = this.latest()(0, count);
    this.push({
      name: "row",
      type: "u8",
      length: 1,
      mostLeaves: mostTouched("i32", count) + 1,
      step: () => ({
        reads: [followingSpan(this.position), sums],
        compute: ([token, row]) => (token![0] === NO_TOKEN ? 0 : surpriseOf(...addPartials(row!))),
      }),
    });
  }

  private push(stage: Stage): Below {
    this.stages.push(stage);
    return this.latest();
  }

  /** The stage that was made last. */
  private latest(): Below {
    const stage = this.stages.length - 1;
    return (from, count) => stageSpan(this.index, this.position, stage, from, count);
  }
}

/** The run of 1,536 of `count` elements, the last one shorter. */
function runOf(below: Below, run: number, count: number): RowSpan {
  return below(REACH * run, Math.min(REACH, count - REACH * run));
}

/** Sum and following token's weight of partial sums. */
function addPartials(partials: Row): [sum: number, following: number] {
  const all = Array.from({ length: partials.length / PARTIAL }, (_, i) =>
    partials.subarray(PARTIAL * i, PARTIAL * (i + 1)),
  );
  return [mass(all.map((partial) => joined(partial))), mass(all.map((partial) => partial[2]!))];
}
