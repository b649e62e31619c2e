import type { IntegerOp } from "../../program/IntegerOp.js";
import type { Digits, ValueId } from "../../program/Op.js";
import { AttentionEmitter } from "../emitAttention.js";
import { guarded, highCodes, lowCodes, unsignedCodes } from "./emitQuantize.js";
import { joined, lookUp, quotient, scaledProduct, shifted } from "./integerNodes.js";

/** Attention in integers; maxima and sums are those of any numbers. */
export class IntegerAttention extends AttentionEmitter {
  /** What hides a key is added last: to an integer, in a number that is one. */
  override scores(id: ValueId, op: IntegerOp<"scores">): void {
    const { lowering, operands } = this;
    const { graph, forms } = lowering;
    const { queries, queryScale, past, now } = operands.scores(op);
    const sums = [past, now].map(({ keys }) => joined(lowering, forms.codes.scoreSums(lowering, queries, keys)));
    const keyScale = graph.concat([past.scale, now.scale], 3);
    const t = scaledProduct(lowering, graph.concat(sums, 3), keyScale, op.shift);
    const scored = scaledProduct(lowering, t, queryScale, op.scaleShift);
    lowering.setWhole(id, 0, graph.add(scored, operands.mask(op)));
  }

  /** Index 0 to length − 1, then one entry of zero for all that lies beyond. */
  override exponent(id: ValueId, op: IntegerOp<"exponent">): void {
    const { lowering } = this;
    const { graph } = lowering;
    const table = lowering.integers(op.table);
    const distance = graph.sub(lowering.whole(op.max), lowering.whole(op.scores));
    const index = graph.custom("Min", [distance, graph.scalar(table.length)], distance.type, distance.shape);
    lowering.setWhole(id, 0, lookUp(lowering, op.table, Float64Array.of(...table, 0), index));
  }

  /** @param qkv codes whose scale it is */
  override weigh(id: ValueId, op: IntegerOp<"weigh">, qkv: Digits): void {
    const { lowering, operands } = this;
    const scales = operands.valueScales(op, qkv);
    lowering.setWhole(id, 0, scaledProduct(lowering, lowering.whole(op.exponents), scales, op.shift));
  }

  /** No weight is negative. */
  override weightScale(id: ValueId, op: IntegerOp<"rowScale">): void {
    const { lowering, operands } = this;
    lowering.setWhole(id, 0, guarded(lowering, operands.reduceKeys("ReduceMax", lowering.whole(op.x), "drop")));
  }

  override quantizeUnsigned(id: ValueId, op: IntegerOp<"quantizeUnsigned">): void {
    this.lowering.setWhole(id, 0, unsignedCodes(this.lowering, this.operands.weightRows(op)));
  }

  override quantizeWeights(id: ValueId, op: IntegerOp<"quantize">): void {
    this.lowering.setWhole(id, 0, highCodes(this.lowering, this.operands.weightRows(op)));
  }

  override quantizeWeightsRest(id: ValueId, op: IntegerOp<"quantizeRest">): void {
    const { lowering, operands } = this;
    lowering.setWhole(id, 0, lowCodes(lowering, operands.weightRows(op), lowering.whole(op.high)));
  }

  override mix(id: ValueId, op: IntegerOp<"mix">): void {
    const { lowering, operands } = this;
    const { weights, values } = operands.mix(op);
    const sums = joined(lowering, lowering.forms.codes.mixSums(lowering, weights, values));
    const scale = shifted(lowering, lowering.whole(op.weightScale), -op.sumBits);
    const factor = operands.perHead(quotient(lowering, scale, lowering.whole(op.sum)), op.shape);
    const mixed = scaledProduct(lowering, sums, factor, op.shift);
    lowering.setWhole(id, op.shape.heads * op.shape.headDim, operands.mixedRows(mixed, op.shape));
  }
}
