import type { Op } from "../program/Op.js";
import { exponent, mix, scoreMax, scores, sum, weigh } from "./attentionRules.js";
import { continuity, credit, denominator, similarity, surprise, windowSum } from "./attributionRules.js";
import type { Fact } from "./Fact.js";
import { linear } from "./linearRule.js";
import { normHeads, normScale, sumSquares } from "./normRules.js";
import type { Prover } from "./Prover.js";
import {
  activate,
  add,
  addPosition,
  cubic,
  embed,
  gate,
  integerLogits,
  multiplyChannels,
  rotate,
  sigmoid,
  signBits,
} from "./pointwiseRules.js";
import { quantize, quantizeRest, quantizeUnsigned, rowScale } from "./quantizeRules.js";

type Rule<K extends Op["kind"]> = (op: Op & { readonly kind: K }, prover: Prover) => Fact;

const RULES: { readonly [K in Op["kind"]]: Rule<K> } = {
  embed,
  addPosition,
  multiplyChannels,
  rowScale,
  quantize,
  quantizeRest,
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
  quantizeUnsigned,
  mix,
  cubic,
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

/** What an operation makes, from what is known of its inputs; shows on the way every bound that its reference asserts. */
export function ruleOf(op: Op, prover: Prover): Fact {
  return (RULES[op.kind] as Rule<Op["kind"]>)(op, prover);
}
