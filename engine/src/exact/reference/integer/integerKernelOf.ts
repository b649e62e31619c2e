import { ExactError } from "../../errors.js";
import type { IntegerKind, IntegerOp } from "../../program/IntegerOp.js";
import type { Op } from "../../program/Op.js";
import { continuity, credit, denominator, similarity, windowSum } from "../credit.js";
import type { Kernel, Site } from "../Kernel.js";
import { surprise } from "../surprise.js";
import { exponent, mix, scoreMax, scores, sum, weigh } from "./attention.js";
import { addPosition, embed } from "./embed.js";
import { linear } from "./linear.js";
import { normHeads, normScale, sumSquares } from "./norm.js";
import { activate, add, gate, integerLogits, multiplyChannels, sigmoid, signBits } from "./pointwise.js";
import { quantize, quantizeRest, quantizeUnsigned, rowScale } from "./quantize.js";
import { rotate } from "./rotate.js";

type Open<K extends IntegerKind> = (op: IntegerOp<K>, site: Site) => Kernel;

const KERNELS: { readonly [K in IntegerKind]: Open<K> } = {
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
 * The elements of an operation's row at a site, of a program in integers whose shapes are known to fit.
 * @throws ExactError `program_malformed` for a kind that only floats have
 */
export function integerKernelOf(op: Op, site: Site): Kernel {
  const open = (KERNELS as { readonly [kind: string]: unknown })[op.kind] as Open<IntegerKind> | undefined;
  if (open === undefined) {
    throw new ExactError("program_malformed", `A program in integers has no operation of kind ${op.kind}.`);
  }
  return open(op as IntegerOp, site);
}
