import { ExactError } from "../../errors.js";
import type { IntegerKind, IntegerOp } from "../../program/IntegerOp.js";
import { integerFault } from "../../program/integerFields.js";
import type { Op } from "../../program/Op.js";
import { continuity, credit, denominator, similarity, surprise, windowSum } from "../attributionRules.js";
import type { Fact } from "../Fact.js";
import type { Prover } from "../Prover.js";
import { exponent, mix, scoreMax, scores, sum, weigh } from "./attentionRules.js";
import { linear } from "./linearRule.js";
import {
  activate,
  add,
  addPosition,
  embed,
  gate,
  integerLogits,
  multiplyChannels,
  normHeads,
  normScale,
  quantize,
  quantizeRest,
  quantizeUnsigned,
  rotate,
  rowScale,
  sigmoid,
  signBits,
  sumSquares,
} from "./rowRules.js";

type Rule<K extends IntegerKind> = (op: IntegerOp<K>, prover: Prover) => Fact;

const RULES: { readonly [K in IntegerKind]: Rule<K> } = {
  embed,
  addPosition,
  multiplyChannels,
  rowScale,
  quantize,
  quantizeRest,
  quantizeUnsigned,
  sumSquares,
  normScale,
  normHeads,
  linear,
  add,
  rotate,
  scores,
  scoreMax,
  exponent,
  sum,
  weigh,
  mix,
  sigmoid,
  gate,
  activate,
  integerLogits,
  signBits,
  surprise,
  similarity,
  continuity,
  denominator,
  credit,
  windowSum,
};

/**
 * `ruleOf` of a program in integers.
 * @throws ExactError `program_malformed` for an operation that integers do not have
 */
export function integerRuleOf(op: Op, prover: Prover): Fact {
  const fault = integerFault(op);
  if (fault !== undefined)
    throw new ExactError("program_malformed", `An operation in integers (${op.kind}): ${fault}.`);
  return (RULES[op.kind as IntegerKind] as Rule<IntegerKind>)(op as IntegerOp, prover);
}
