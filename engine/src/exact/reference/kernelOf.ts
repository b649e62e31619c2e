import type { Op } from "../program/Op.js";
import { exponent, mix, scoreMax, scores, sum, weigh } from "./attention.js";
import { continuity, credit, denominator, similarity, windowSum } from "./credit.js";
import { addPosition, embed } from "./embed.js";
import type { Kernel, Site } from "./Kernel.js";
import { linear } from "./linear.js";
import { normHeads, normScale, sumSquares } from "./norm.js";
import { activate, add, cubic, gate, integerLogits, multiplyChannels, sigmoid, signBits } from "./pointwise.js";
import { quantize, quantizeRest, quantizeUnsigned, rowScale } from "./quantize.js";
import { rotate } from "./rotate.js";
import { surprise } from "./surprise.js";

type Open<K extends Op["kind"]> = (op: Op & { readonly kind: K }, site: Site) => Kernel;

const KERNELS: { readonly [K in Op["kind"]]: Open<K> } = {
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

/** The elements of an operation's row at a site. */
export function kernelOf(op: Op, site: Site): Kernel {
  return (KERNELS[op.kind] as Open<Op["kind"]>)(op, site);
}
