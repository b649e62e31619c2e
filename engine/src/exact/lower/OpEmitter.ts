import { GraphBuilder } from "../../onnx/graph.js";
import type { IntegerOp } from "../program/IntegerOp.js";
import type { Op, TableName, ValueId } from "../program/Op.js";
import type { Program } from "../program/Program.js";
import type { RowReader } from "../program/RowReader.js";
import { shapesOf } from "../reference/shapes.js";
import { AttentionOperands, type PastScales } from "./AttentionOperands.js";
import { AttentionEmitter } from "./emitAttention.js";
import { emitSigmoid } from "./emitGrid.js";
import { emitLinear } from "./emitLinear.js";
import { emitNormHeads, emitNormScale, emitSumSquares } from "./emitNorm.js";
import { emitQuantize, emitQuantizeRest, emitQuantizeUnsigned, emitRowScale, type SideOf } from "./emitQuantize.js";
import { emitActivate, emitAdd, emitCubic, emitGate, emitMultiplyChannels, emitRotate } from "./emitRows.js";
import { IntegerEmitter } from "./integer/IntegerEmitter.js";
import { type DeviceForms, Lowering } from "./Lowering.js";

/** Emits the operations of a program, one after another, into one graph. */
export class OpEmitter {
  readonly graph: GraphBuilder;
  readonly lowering: Lowering;
  private readonly attention: AttentionEmitter;
  private readonly integers: IntegerEmitter;
  private readonly cuts: ReadonlyMap<ValueId, readonly number[]>;
  private scales: readonly PastScales[] | undefined;

  constructor(
    name: string,
    readonly program: Program,
    forms: DeviceForms,
    isFed: (table: TableName) => boolean = () => false,
    reader?: RowReader,
  ) {
    this.graph = new GraphBuilder(name, { float: program.arithmetic === "float" ? "float32" : "float64" });
    this.lowering = new Lowering(this.graph, program, forms, isFed, reader);
    this.cuts = planCuts(program);
    const operands = new AttentionOperands(this.lowering, (layer) => this.pastScales(layer));
    this.attention = new AttentionEmitter(this.lowering, operands);
    this.integers = new IntegerEmitter(this.lowering, operands);
  }

  /** @throws Error for what is done outside: the look-ups `embed` and `addPosition`, and what attribution makes of codes */
  emit(id: ValueId): void {
    const { lowering, attention } = this;
    const op = this.program.ops[id]!;
    this.graph.label = op.kind;
    if (this.program.arithmetic === "integer") {
      this.emitInteger(id, op as IntegerOp);
      return;
    }
    switch (op.kind) {
      case "linear":
        lowering.set(id, emitLinear(lowering, op, this.cutsOf(id)));
        return;
      case "rowScale":
        if (this.isKeyed(op.x)) attention.weightScale(id, op);
        else emitRowScale(lowering, id, op, this.width(op.x));
        return;
      case "quantize":
        if (this.isKeyed(op.x)) attention.quantizeWeights(id, op);
        else emitQuantize(lowering, id, op, this.sideOf(id));
        return;
      case "quantizeRest":
        if (this.isKeyed(op.x)) attention.quantizeWeightsRest(id, op);
        else emitQuantizeRest(lowering, id, op, this.sideOf(id));
        return;
      case "sumSquares":
        emitSumSquares(lowering, id, op, this.width(op.q), (digits) =>
          lowering.forms.codes.toFloat(lowering, digits, "left"),
        );
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
        attention.scores(id, op);
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
        attention.weigh(id, op, this.codesOfWeights(op));
        return;
      case "quantizeUnsigned":
        if (this.isKeyed(op.x)) attention.quantizeUnsigned(id, op);
        else emitQuantizeUnsigned(lowering, id, op);
        return;
      case "mix":
        attention.mix(id, op);
        return;
      case "cubic":
        emitCubic(lowering, id, op);
        return;
      case "sigmoid":
        emitSigmoid(lowering, id, op, lowering.forms.grids);
        return;
      case "gate":
        emitGate(lowering, id, op);
        return;
      case "activate":
        emitActivate(lowering, id, op);
        return;
      case "integerLogits":
      case "signBits":
        // Made of the float row outside of the graph.
        lowering.set(id, lowering.segments(op.x));
        return;
      case "surprise":
        lowering.set(id, lowering.segments(op.logits));
        return;
      case "embed":
      case "addPosition":
      case "similarity":
      case "continuity":
      case "denominator":
      case "credit":
      case "windowSum":
        throw new Error(`${op.kind} stands outside of the graph`);
    }
  }

  private emitInteger(id: ValueId, op: IntegerOp): void {
    this.integers.emit(id, op, {
      cuts: () => this.cutsOf(id),
      width: (of) => this.width(of),
      isKeyed: (of) => this.isKeyed(of),
      side: this.sideOf(id),
      codesOfWeights: (weigh) => this.codesOfWeights(weigh),
    });
  }

  private cutsOf(id: ValueId): readonly number[] {
    return this.cuts.get(id) ?? [this.width(id)];
  }

  /** Elements of a row; of one that runs over keys there is no such number. */
  width(id: ValueId): number {
    const shape = shapesOf(this.program)[id]!;
    if (shape.keyed) throw new Error(`value ${id} has an element a key`);
    return shape.length;
  }

  private isKeyed(id: ValueId): boolean {
    return shapesOf(this.program)[id]!.keyed;
  }

  private codesOfWeights({ exponents }: Extract<Op, { kind: "weigh" }>) {
    const exponent = this.program.ops[exponents];
    const scores = exponent?.kind === "exponent" ? this.program.ops[exponent.scores] : undefined;
    if (scores?.kind !== "scores") throw new Error("weights are made of exponents of scores");
    return scores.qkv;
  }

  /** Fed at once for all layers: `past_scales` `[2 · layers · B, K, 1, P]`, keys' then values' of each layer. */
  private pastScales(layer: number): PastScales {
    const { graph, lowering, program } = this;
    const { layers, kvHeads } = program.shape;
    if (this.scales === undefined) {
      const all = lowering.fed("past_scales", ["2*L*B", kvHeads, 1, "P"]);
      const one = { type: all.type, shape: ["B", kvHeads, 1, "P"] };
      const parts = graph.customMany("Split", [all], new Array(2 * layers).fill(one), {
        attributes: { axis: 0, num_outputs: 2 * layers },
      });
      this.scales = Array.from({ length: layers }, (_, i) => ({ keys: parts[2 * i]!, values: parts[2 * i + 1]! }));
    }
    return this.scales[layer]!;
  }

  /** Keys and values are multiplied from the right. */
  private sideOf(id: ValueId): SideOf {
    const scores = this.program.ops.find((op) => op.kind === "scores" && (op.qkv as readonly number[]).includes(id));
    if (scores?.kind !== "scores") return () => "left";
    const { heads, headDim } = scores.shape;
    return ({ from }) => (from >= heads * headDim ? "right" : "left");
  }
}

/** Ends of the segments in which rows are wanted: queries, keys and values apart, gate and up apart. */
function planCuts(program: Program): ReadonlyMap<ValueId, readonly number[]> {
  const planned = new Map<ValueId, readonly number[]>();
  const cut = (id: ValueId, ends: readonly number[]): void => {
    const op = program.ops[id]!;
    planned.set(id, ends);
    if (op.kind === "add") for (const part of [op.x, op.y]) cut(part, ends);
    else if ("x" in op) cut(op.x, ends);
  };
  for (const op of program.ops) {
    if (op.kind === "gate") {
      const shape = shapesOf(program)[op.x]!;
      if (!shape.keyed) cut(op.x, [shape.length / 2, shape.length]);
    }
    if (op.kind === "scores") {
      const { heads, kvHeads, headDim } = op.shape;
      cut(op.qkv[0], [heads * headDim, (heads + kvHeads) * headDim, (heads + 2 * kvHeads) * headDim]);
    }
  }
  return planned;
}
