import { GraphBuilder, type Value } from "../../onnx/graph.js";
import type { Op, TableName, ValueId } from "../program/Op.js";
import type { Program } from "../program/Program.js";
import { AttentionEmitter } from "./emitAttention.js";
import { emitSigmoid, type GridForm } from "./emitGrid.js";
import { emitLinear } from "./emitLinear.js";
import {
  emitActivate,
  emitAdd,
  emitCubic,
  emitGate,
  emitMultiplyChannels,
  emitNormHeads,
  emitNormScale,
  emitQuantize,
  emitQuantizeRest,
  emitRotate,
  emitRowScale,
  emitSumSquares,
} from "./emitRows.js";
import { Lowering, ROWS, type RunForm } from "./Lowering.js";
import { rowWidths } from "./rowWidths.js";

export interface LoweringOptions {
  /** `pass`: R positions of one sequence at once. `step`: one position of each of R sequences. */
  readonly form: RunForm;
  readonly past: "none" | "fed";
  readonly grids: GridForm;
  readonly isFed?: (table: TableName) => boolean;
}

/**
 * A program as an ONNX graph, from embedded rows to logits.
 *
 * Inputs: `x` f32 `[R, hidden]`, the embedded tokens; `heads` int64 `[n]`, rows whose logits are wanted (pass only);
 * `mask` (and `mask.<window>`); `cos`, `sin`; `zero_points.<groups>`; past codes and `past_scales` `[2·L·lead, 1, P]`;
 * `shape.*`. See `run/feeds.ts`. Outputs: `logits` f32 `[n, vocabulary]` before they are made integers; `codes` and
 * `scales` of all layers, one after another; `signs` where the program has codes.
 */
export function lowerProgram(program: Program, options: LoweringOptions): Uint8Array {
  return new ProgramLowering(program, options).lower().build();
}

class ProgramLowering {
  private readonly graph: GraphBuilder;
  private readonly lowering: Lowering;
  private readonly attention: AttentionEmitter;
  private readonly widths: ReadonlyMap<ValueId, number>;
  private readonly cuts = new Map<ValueId, readonly number[]>();
  private readonly caches: { readonly codes: Value[]; readonly scales: Value[] } = { codes: [], scales: [] };
  private layer = 0;
  private pastScales: readonly Value[] = [];

  constructor(
    private readonly program: Program,
    private readonly options: LoweringOptions,
  ) {
    this.graph = new GraphBuilder(`exact.${options.form}`);
    this.lowering = new Lowering(this.graph, program, options.form, options.isFed ?? (() => false));
    this.widths = rowWidths(program);
    this.attention = new AttentionEmitter(this.lowering, {
      form: options.form,
      past: options.past,
      grids: options.grids,
      pastScales: (layer) => ({ keys: this.pastScales[2 * layer]!, values: this.pastScales[2 * layer + 1]! }),
      mask: (window) => this.mask(window),
    });
    this.planCuts();
  }

  lower(): GraphBuilder {
    const { program, graph, lowering } = this;
    const { hidden, layers, kvHeads } = program.shape;
    if (this.options.past === "fed") {
      const step = this.options.form === "step";
      const all = graph.input("past_scales", "float", [step ? "2*L*R" : 2 * layers, kvHeads, 1, "P"]);
      const one = { type: "float32" as const, shape: step ? [ROWS, kvHeads, 1, "P"] : [1, kvHeads, 1, "P"] };
      const parts = graph.customMany("Split", [all], new Array(2 * layers).fill(one), {
        attributes: { axis: 0, num_outputs: 2 * layers },
      });
      this.pastScales = step ? parts : parts.map((part) => graph.reshape(part, [kvHeads, 1, "P"]));
    }
    for (const block of program.blocks) {
      if (block.kind === "embedding") {
        lowering.setWhole(block.output!, hidden, graph.input("x", "float", [ROWS, hidden]));
        continue;
      }
      if (block.kind === "head" && this.options.form === "pass") this.selectRows(block.input!);
      for (let id = block.from; id < block.to; id++) this.emit(id, program.ops[id]!);
      if (block.kind === "layer") this.layer++;
    }
    graph.output("codes", graph.concat(this.caches.codes, 0));
    graph.output("scales", graph.concat(this.caches.scales, 0));
    return graph;
  }

  private emit(id: ValueId, op: Op): void {
    const { lowering, attention } = this;
    switch (op.kind) {
      case "linear":
        lowering.set(id, emitLinear(lowering, op, this.cuts.get(id) ?? [this.width(id)]));
        return;
      case "rowScale":
        if (this.isAttention(op.x)) attention.weightScale(id, op);
        else emitRowScale(lowering, id, op, this.width(op.x));
        return;
      case "quantize":
        if (this.isAttention(op.x)) attention.quantizeWeights(id, op, this.program.shape.heads);
        else emitQuantize(lowering, id, op, this.signedSegment(id));
        return;
      case "quantizeRest":
        if (this.isAttention(op.x)) attention.quantizeWeightsRest(id, op, this.program.shape.heads);
        else emitQuantizeRest(lowering, id, op, this.signedSegment(id));
        return;
      case "sumSquares":
        emitSumSquares(lowering, id, op);
        return;
      case "normScale":
        emitNormScale(lowering, id, op);
        return;
      case "multiplyChannels":
        emitMultiplyChannels(lowering, id, op);
        return;
      case "add":
        emitAdd(lowering, id, op);
        return;
      case "normHeads":
        emitNormHeads(lowering, id, op);
        return;
      case "rotate":
        emitRotate(lowering, id, op);
        return;
      case "scores":
        this.cache(op);
        attention.scores(id, op, this.layer);
        return;
      case "scoreMax":
        attention.scoreMax(id, op);
        return;
      case "exponent":
        attention.exponent(id, op);
        return;
      case "sum":
        attention.sum(id, op);
        return;
      case "weigh":
        attention.weigh(id, op);
        return;
      case "quantizeUnsigned":
        attention.quantizeUnsigned(id, op, this.program.shape.heads);
        return;
      case "mix":
        attention.mix(id, op);
        return;
      case "cubic":
        emitCubic(lowering, id, op);
        return;
      case "sigmoid":
        emitSigmoid(lowering, id, op, this.options.grids);
        return;
      case "gate":
        emitGate(lowering, id, op);
        return;
      case "activate":
        emitActivate(lowering, id, op);
        return;
      case "integerLogits":
        this.graph.output("logits", lowering.whole(op.x));
        return;
      case "signBits":
        this.graph.output("signs", lowering.whole(op.x));
        return;
      case "embed":
      case "addPosition":
        throw new Error(`${op.kind} stands outside the embedding`);
    }
  }

  private width(id: ValueId): number {
    return this.widths.get(id)!;
  }

  /** Whether a value runs over keys. */
  private isAttention(id: ValueId): boolean {
    return this.program.ops[id]!.kind === "weigh";
  }

  private mask(window: number | null): Value {
    const name = window === null ? "mask" : `mask.${window}`;
    const { form, past } = this.options;
    const keys = past === "none" ? ROWS : form === "step" ? "P+1" : `P+${ROWS}`;
    const shape = form === "step" ? [ROWS, 1, 1, keys] : [ROWS, keys];
    return this.lowering.once(name, () => this.graph.input(name, "float", shape));
  }

  private selectRows(x: ValueId): void {
    const wanted = this.graph.input("heads", "int64", ["n"]);
    const rows = this.graph.custom("Gather", [this.lowering.whole(x), wanted], "float32", [ROWS, this.width(x)], {
      attributes: { axis: 0 },
    });
    this.lowering.setWhole(x, this.width(x), rows);
    this.lowering.enterHead();
  }

  private cache({ qkv, scale }: Extract<Op, { kind: "scores" }>): void {
    for (const id of qkv) this.caches.codes.push(...this.cached(id));
    this.caches.scales.push(...this.cached(scale));
  }

  /** Keys' and values' part of codes or scales, or all of them where they lie in one tensor. */
  private cached(id: ValueId): Value[] {
    const segments = this.lowering.segments(id);
    return (segments.length === 3 ? segments.slice(1) : segments).map(({ value }) => value);
  }

  /**
   * In a pass, rows are long and cutting them costs: what is used apart is computed apart. In a step every node costs
   * more than what it moves: what can be computed at once is, but for heads that pass through a norm.
   */
  private planCuts(): void {
    const { ops } = this.program;
    ops.forEach((op) => {
      if (op.kind === "gate" && this.options.form === "pass") this.cut(op.x, [this.width(op.x) / 2, this.width(op.x)]);
      if (op.kind !== "scores") return;
      const { heads, kvHeads, headDim } = op.shape;
      const whole = this.width(op.qkv[0]);
      const apart = [heads * headDim, (heads + kvHeads) * headDim, whole];
      const normed = this.program.ops.some(({ kind }) => kind === "normHeads");
      if (this.options.form === "pass" || normed) this.cut(op.qkv[0], apart);
    });
  }

  private cut(id: ValueId, cuts: readonly number[]): void {
    const op = this.program.ops[id]!;
    this.cuts.set(id, cuts);
    if (op.kind === "add") {
      this.cut(op.x, cuts);
      this.cut(op.y, cuts);
    } else if ("x" in op) this.cut(op.x, cuts);
  }

  /** Keys and values of a pass are int8, the form in which products take them as their second operand. */
  private signedSegment(id: ValueId): (segment: { readonly from: number }) => boolean {
    const { heads, headDim } = this.program.shape;
    const isQkv = this.program.ops.some((op) => op.kind === "scores" && (op.qkv as readonly number[]).includes(id));
    return ({ from }) => isQkv && this.options.form === "pass" && from >= heads * headDim;
  }
}
