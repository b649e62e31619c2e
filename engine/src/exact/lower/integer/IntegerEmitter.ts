import type { IntegerOp } from "../../program/IntegerOp.js";
import type { Digits, ValueId } from "../../program/Op.js";
import type { AttentionOperands } from "../AttentionOperands.js";
import { emitSumSquares } from "../emitNorm.js";
import type { SideOf } from "../emitQuantize.js";
import { emitAdd } from "../emitRows.js";
import type { Lowering } from "../Lowering.js";
import { emitLinear } from "./emitLinear.js";
import { emitNormHeads, emitNormScale } from "./emitNorm.js";
import { emitQuantize, emitQuantizeRest, emitQuantizeUnsigned, emitRowScale } from "./emitQuantize.js";
import { emitActivate, emitGate, emitMultiplyChannels, emitRotate, emitSigmoid } from "./emitRows.js";
import { IntegerAttention } from "./IntegerAttention.js";

/** How an operation's rows are cut and used. */
export interface EmitPlan {
  /** Ends of the segments in which its row is wanted. */
  cuts(): readonly number[];
  width(value: ValueId): number;
  isKeyed(value: ValueId): boolean;
  readonly side: SideOf;
  codesOfWeights(op: IntegerOp<"weigh">): Digits;
}

/** Emits operations of a program in integers. */
export class IntegerEmitter {
  private readonly attention: IntegerAttention;

  constructor(
    private readonly lowering: Lowering,
    operands: AttentionOperands,
  ) {
    this.attention = new IntegerAttention(lowering, operands);
  }

  /** @throws Error for look-ups, which are done outside */
  emit(id: ValueId, op: IntegerOp, plan: EmitPlan): void {
    const { lowering, attention } = this;
    switch (op.kind) {
      case "linear":
        lowering.set(id, emitLinear(lowering, op, plan.cuts()));
        return;
      case "rowScale":
        if (plan.isKeyed(op.x)) attention.weightScale(id, op);
        else emitRowScale(lowering, id, op, plan.width(op.x));
        return;
      case "quantize":
        if (plan.isKeyed(op.x)) attention.quantizeWeights(id, op);
        else emitQuantize(lowering, id, op, plan.side);
        return;
      case "quantizeRest":
        if (plan.isKeyed(op.x)) attention.quantizeWeightsRest(id, op);
        else emitQuantizeRest(lowering, id, op, plan.side);
        return;
      case "quantizeUnsigned":
        if (plan.isKeyed(op.x)) attention.quantizeUnsigned(id, op);
        else emitQuantizeUnsigned(lowering, id, op);
        return;
      case "sumSquares":
        emitSumSquares(lowering, id, op, plan.width(op.q), (digits) =>
          lowering.forms.codes.integers(lowering, digits, "left"),
        );
        return;
      case "normScale":
        emitNormScale(lowering, id, op);
        return;
      case "normHeads":
        emitNormHeads(lowering, id, op);
        return;
      case "multiplyChannels":
        emitMultiplyChannels(lowering, id, op);
        return;
      case "add":
        emitAdd(lowering, id, op);
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
        attention.weigh(id, op, plan.codesOfWeights(op));
        return;
      case "mix":
        attention.mix(id, op);
        return;
      case "sigmoid":
        emitSigmoid(lowering, id, op);
        return;
      case "gate":
        emitGate(lowering, id, op);
        return;
      case "activate":
        emitActivate(lowering, id, op);
        return;
      case "integerLogits":
      case "signBits":
        // Made of the row of numbers outside of the graph.
        lowering.set(id, lowering.segments(op.x));
        return;
      case "surprise":
        // Likewise, of integer logits.
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
}
