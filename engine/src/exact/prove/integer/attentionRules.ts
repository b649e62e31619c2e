import { type IntegerOp, PAIR_LEVELS, UNSIGNED_LEVELS } from "../../program/IntegerOp.js";
import { keyHead, valueHead } from "../../reference/attention.js";
import { mostKeys, sameShape } from "../attentionRules.js";
import { type Fact, greatestOf } from "../Fact.js";
import type { Prover } from "../Prover.js";
import { NUMBER_REACH, numbers, shiftedMost, showExact, upper } from "./reach.js";
import { HIGH_MOST, ownScale, type Steps, stepMost, stepsOf } from "./steps.js";

/** Scales that a cache keeps in binary32 stay below this. */
export const CACHE_REACH = 2 ** 24;

export interface ScoreReach {
  /** |A| · k of any head at most. */
  readonly keyed: number;
  /** `[heads]`: |A| · k · s, and |k| · |s|. */
  readonly products: Float64Array;
  readonly scales: Float64Array;
}

/** What scores of these digits may add up to, before their shifts. */
export function scoreReach(
  { qkv, scale, shape }: Pick<IntegerOp<"scores">, "qkv" | "scale" | "shape">,
  prover: Prover,
) {
  const steps = stepsOf(qkv, scale, prover);
  const [part, rounding] = qkv.length === 1 ? [2 ** -14, 0] : [2 ** -7, 0.5];
  const { heads, headDim } = shape;
  const of = (head: number) => steps.products.subarray(head * headDim, (head + 1) * headDim);
  let keyed = 0;
  const scales = new Float64Array(heads);
  const products = Float64Array.from({ length: heads }, (_, head) => {
    const key = keyHead(shape, head);
    const [queries, keys] = [of(head), of(key)];
    let sum = 0;
    let ends = 0;
    for (let i = 0; i < headDim; i++) {
      sum += queries[i]! * keys[i]!;
      ends += PAIR_LEVELS * keys[i]!;
    }
    keyed = Math.max(keyed, upper(ends * part + rounding * steps.scale[key]!));
    scales[head] = steps.scale[key]! * steps.scale[head]!;
    return upper(sum * part + rounding * scales[head]);
  });
  return { keyed, products, scales, steps } satisfies ScoreReach & { readonly steps: Steps };
}

export function scores(op: IntegerOp<"scores">, prover: Prover): Fact {
  const { keyed, products, steps } = scoreReach(op, prover);
  const largest = op.shape.headDim * HIGH_MOST ** 2;
  prover.below("an accumulator is below 2^31", largest, NUMBER_REACH, "use narrower heads");
  const coarser = "give queries, keys and values a larger unit";
  prover.below("scales of heads are below 2^24", greatestOf(steps.scale), CACHE_REACH, coarser);
  showExact("a sum times its key's scale", [keyed], prover);
  const rounding = op.shift > 0 ? 0.5 : 0;
  const scored = products.map((product, head) => product * 2 ** -op.shift + rounding * steps.scale[head]!);
  showExact("a sum times its query's scale", scored, prover);
  const most = scored.map((score) => shiftedMost(score, op.scaleShift));
  return { ...numbers(most, prover), keyed: true };
}

export function scoreMax(op: IntegerOp<"scoreMax">, prover: Prover): Fact {
  prover.operation(op.scores, "scores", "its row");
  return { most: prover.fact(op.scores).most };
}

/** No score is above its maximum: an index is an integer from 0. */
export function exponent(op: IntegerOp<"exponent">, prover: Prover): Fact {
  const scored = prover.operation(op.scores, "scores", "its row");
  const max = prover.operation(op.max, "scoreMax", "its maximum");
  prover.belongs(max.scores === op.scores, "its maximum is of other scores");
  const { data } = prover.table(op.table, "integers");
  prover.below("exponentials are of 16 bits", greatestOf(data), 2 ** 16, `mend "${op.table}"`);
  prover.atLeast("the largest score has an exponential", data[0]!, 1, `mend "${op.table}"`);
  return { most: new Float64Array(scored.shape.heads).fill(greatestOf(data)), keyed: true };
}

export function sum(op: IntegerOp<"sum">, prover: Prover): Fact {
  const { scores: row, table } = prover.operation(op.x, "exponent", "its row");
  const { shape } = prover.operation(row, "scores", "its scores");
  const most = prover.fact(op.x).most.map((largest) => largest * mostKeys(shape, prover));
  prover.below("exponentials add up below 2^31", greatestOf(most), NUMBER_REACH, "compile for fewer positions");
  return { most, least: new Float64Array(most.length).fill(prover.table(table, "integers").data[0]!) };
}

export function weigh(op: IntegerOp<"weigh">, prover: Prover): Fact {
  const { scores: row } = prover.operation(op.exponents, "exponent", "its row");
  const scored = prover.operation(row, "scores", "its scores");
  prover.belongs(
    scored.scale === op.scale && sameShape(scored.shape, op.shape),
    "its heads are not those of its scores",
  );
  const scales = prover.fact(op.scale).most;
  const products = prover.fact(op.exponents).most.map((e, head) => e * scales[valueHead(op.shape, head)]!);
  showExact("an exponential times its value's scale", products, prover);
  return {
    ...numbers(
      products.map((product) => shiftedMost(product, op.shift)),
      prover,
    ),
    keyed: true,
  };
}

export interface MixReach {
  /** `[heads · headDim]`: |A| · z⁻¹ · s · 2^sumBits at most. */
  readonly products: Float64Array;
  /** (s · 2^sumBits) ÷ z at most. */
  readonly factor: number;
}

type Mixing = Pick<IntegerOp<"mix">, "weights" | "weightScale" | "sum" | "qkv" | "shape">;

/**
 * What mixed values may add up to, before their shift. With L levels of weights p_j of s, which stand for
 * w_j = (e_j · m_j) ≫ k, and M levels of digits v_j of m_j, which stand for x_j, Σ p_j · v_j · s / z is at most
 *
 *   2 · L · 2 · 2^-k · max_j |v_j| · m_j, where everything that is rounded is doubled, or
 *   L · 2^-k · max_j |v_j| · m_j + (L / 2 + s / 2) · M · keys / z, where half steps are added.
 */
export function mixReach(op: Mixing, sumBits: number, prover: Prover): MixReach {
  const { shape } = op;
  const unsigned = op.weights.length === 1;
  const weighed = weightsOf(op, prover);
  const values = stepsOf(op.qkv, weighed.scale, prover);
  const { shift } = weighed;
  const [least] = prover.fact(op.sum).least!;
  const [weightLevels, valueLevels] = unsigned ? [UNSIGNED_LEVELS, HIGH_MOST] : [PAIR_LEVELS, PAIR_LEVELS];
  const [part, rounding] = unsigned ? [1, 0] : [2 ** -7, 0.5];
  const scale = greatestOf(prover.fact(op.weightScale).most);
  const factor = upper((scale * 2 ** sumBits) / least!);
  // p_j is off by half a step of s, w_j by half where it is shifted; z is at least the largest score's exponential.
  const halves = shift > 0 ? weightLevels / 2 : 0;
  const added = ((halves + scale / 2) * valueLevels * mostKeys(shape, prover)) / least!;
  const doubled = shift > 0 ? 4 : 2;
  const x = prover.fact(values.x).most;
  const products = Float64Array.from({ length: shape.heads * shape.headDim }, (_, i) => {
    const head = valueHead(shape, Math.floor(i / shape.headDim));
    const element = x[head * shape.headDim + (i % shape.headDim)]!;
    const value = stepMost(element, values.scale[head]!, 0.5, valueLevels);
    const one = weightLevels * 2 ** -shift * value;
    const sum = Math.min(doubled * one, one + added);
    return upper(sum * 2 ** sumBits * part + rounding * factor);
  });
  return { products, factor };
}

/** The row that weights are digits of; its scale is theirs. */
function weightsOf({ weights, weightScale, sum: summed, shape }: Mixing, prover: Prover): IntegerOp<"weigh"> {
  const unsigned = weights.length === 1;
  const first = prover.operation(weights[0], unsigned ? "quantizeUnsigned" : "quantize", "its weights' digit");
  if (unsigned) {
    prover.belongs(first.scale === weightScale, "its weights are in steps of another scale");
    ownScale(first.x, weightScale, prover);
  } else stepsOf(weights, weightScale, prover);
  const weighed = prover.operation(first.x, "weigh", "its weights' row") as IntegerOp<"weigh">;
  const { x } = prover.operation(summed, "sum", "its sum");
  prover.belongs(weighed.exponents === x, "its sum is of other exponentials than its weights");
  prover.belongs(sameShape(weighed.shape, shape), "its heads are not those of its weights");
  return weighed;
}

export function mix(op: IntegerOp<"mix">, prover: Prover): Fact {
  const { products } = mixReach(op, op.sumBits, prover);
  const keys = mostKeys(op.shape, prover);
  const largest = (op.weights.length === 1 ? UNSIGNED_LEVELS : HIGH_MOST) * HIGH_MOST;
  const advice = `compile for ${Math.floor((NUMBER_REACH - 1) / largest)} positions`;
  prover.below("an accumulator is below 2^31", keys * largest, NUMBER_REACH, advice);
  showExact(
    "a scale of weights over their sum",
    [greatestOf(prover.fact(op.weightScale).most) * 2 ** op.sumBits],
    prover,
  );
  showExact("a sum times its weights' scale", products, prover);
  return numbers(
    products.map((product) => shiftedMost(product, op.shift)),
    prover,
  );
}
