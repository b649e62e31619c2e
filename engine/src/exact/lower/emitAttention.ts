/** Attention, from codes to mixed values: in binary32, but for maxima and sums, which are of any numbers. */
import { type Digits, type Op, SCALE_GUARD, type ValueId } from "../program/Op.js";
import type { AttentionOperands } from "./AttentionOperands.js";
import { emitExponent } from "./emitGrid.js";
import { rangeOf } from "./emitQuantize.js";
import type { Lowering } from "./Lowering.js";

type OpOf<K extends Op["kind"]> = Extract<Op, { kind: K }>;

export class AttentionEmitter {
  constructor(
    protected readonly lowering: Lowering,
    protected readonly operands: AttentionOperands,
  ) {}

  scores(id: ValueId, op: OpOf<"scores">): void {
    const { lowering, operands } = this;
    const { graph, forms } = lowering;
    const { queries, queryScale, past, now } = operands.scores(op);
    const scored = [past, now].map(({ keys, scale }) => forms.codes.scores(lowering, queries, keys, scale));
    const scaled = graph.mul(graph.concat(scored, 3), queryScale);
    lowering.setWhole(id, 0, graph.add(scaled, operands.mask(op)));
  }

  scoreMax(id: ValueId, op: OpOf<"scoreMax">): void {
    const { lowering, operands } = this;
    lowering.setWhole(id, 0, operands.reduceKeys("ReduceMax", lowering.whole(op.scores), "keep"));
  }

  exponent(id: ValueId, op: OpOf<"exponent">): void {
    const { lowering } = this;
    const [scores, max] = [lowering.whole(op.scores), lowering.whole(op.max)];
    lowering.setWhole(id, 0, emitExponent(lowering, scores, max, op, lowering.forms.grids));
  }

  sum(id: ValueId, op: OpOf<"sum">): void {
    const { lowering, operands } = this;
    lowering.setWhole(id, 0, operands.reduceKeys("ReduceSum", lowering.whole(op.x), "drop"));
  }

  /** @param qkv codes whose scale it is */
  weigh(id: ValueId, op: OpOf<"weigh">, qkv: Digits): void {
    const { lowering, operands } = this;
    const scales = operands.valueScales(op, qkv);
    lowering.setWhole(id, 0, lowering.graph.mul(lowering.whole(op.exponents), scales));
  }

  weightScale(id: ValueId, op: OpOf<"rowScale">): void {
    const { lowering, operands } = this;
    const { graph } = lowering;
    // No weight is negative.
    const max = operands.reduceKeys("ReduceMax", lowering.whole(op.x), "drop");
    const guarded = graph.custom("Max", [max, graph.scalar(SCALE_GUARD)], "float32", max.shape);
    lowering.setWhole(id, 0, graph.div(guarded, graph.scalar(op.levels)));
  }

  quantizeUnsigned(id: ValueId, op: OpOf<"quantizeUnsigned">): void {
    const { lowering, operands } = this;
    lowering.setWhole(id, 0, lowering.forms.codes.quantizeUnsigned(lowering, operands.weightRows(op)));
  }

  quantizeWeights(id: ValueId, op: OpOf<"quantize">): void {
    const { lowering, operands } = this;
    const range = rangeOf(lowering.program, op);
    lowering.setWhole(id, 0, lowering.forms.codes.quantize(lowering, operands.weightRows(op), range));
  }

  quantizeWeightsRest(id: ValueId, op: OpOf<"quantizeRest">): void {
    const { lowering, operands } = this;
    const high = lowering.whole(op.high);
    lowering.setWhole(id, 0, lowering.forms.codes.quantizeRest(lowering, operands.weightRows(op), high));
  }

  mix(id: ValueId, op: OpOf<"mix">): void {
    const { lowering, operands } = this;
    const { graph, forms } = lowering;
    const { weights, values } = operands.mix(op);
    const total = forms.codes.mix(lowering, weights, values);
    const factor = graph.div(lowering.whole(op.weightScale), lowering.whole(op.sum));
    const scaled = graph.mul(total, operands.perHead(factor, op.shape));
    lowering.setWhole(id, op.shape.heads * op.shape.headDim, operands.mixedRows(scaled, op.shape));
  }
}
