import { WORD } from "../../program/AttributionOp.js";
import type { Op } from "../../program/Op.js";
import type { Program } from "../../program/Program.js";
import { BoundViolation } from "../../reference/arithmetic.js";
import type { Row } from "../../reference/Row.js";
import { tableOf } from "../../reference/shapes.js";
import { NO_TOKEN } from "../Stage.js";
import { PARTIAL, REACH } from "../surpriseStages.js";
import type { StageSource } from "./StageSource.js";

/** All stages of a surprise but its row. */
export function surpriseRows(program: Program, op: Op & { kind: "surprise" }, source: StageSource): Row[] {
  const logits = source.row(op.logits) as Int32Array;
  const partials = maximaOf(logits);
  const greatest = partials.length === 1 ? partials : maximaOf(partials);
  const weights = surpriseWeights(tableOf(program, op.table, "integers").data, op.gridBits, logits, greatest[0]!);
  const maxima = partials === greatest ? [greatest] : [partials, greatest];
  return [...maxima, weights, sumsOf(weights, source.following() ?? NO_TOKEN)];
}

function maximaOf(row: Int32Array): Int32Array {
  const maxima = new Int32Array(Math.ceil(row.length / REACH));
  for (let run = 0; run < maxima.length; run++) {
    const end = Math.min((run + 1) * REACH, row.length);
    let max = row[run * REACH]!;
    for (let i = run * REACH + 1; i < end; i++) if (row[i]! > max) max = row[i]!;
    maxima[run] = max;
  }
  return maxima;
}

/** Weights of logits, `[vocabulary]`: table[⌊d / 2^(12 − gridBits) + ½⌋]. @param top the greatest of them */
function surpriseWeights(table: Int32Array, gridBits: number, logits: Int32Array, top: number): Int32Array {
  const shift = 12 - gridBits;
  const half = shift === 0 ? 0 : 1 << (shift - 1);
  const weights = new Int32Array(logits.length);
  for (let i = 0; i < logits.length; i++) {
    const distance = top - logits[i]!;
    if (distance > WORD) throw new BoundViolation("a logit is up to 2^24 below the greatest", distance);
    const point = (distance + half) >> shift;
    if (point < table.length) weights[i] = table[point]!;
  }
  return weights;
}

/** i32 [runs, 3] of runs of 1,536 weights: a sum is below 2^35. */
function sumsOf(weights: Int32Array, following: number): Int32Array {
  const sums = new Int32Array(PARTIAL * Math.ceil(weights.length / REACH));
  for (let run = 0; run < sums.length / PARTIAL; run++) {
    const end = Math.min((run + 1) * REACH, weights.length);
    let sum = 0;
    for (let i = run * REACH; i < end; i++) sum += weights[i]!;
    sums[PARTIAL * run] = Math.floor(sum / WORD);
    sums[PARTIAL * run + 1] = sum % WORD;
    if (following >= run * REACH && following < end) sums[PARTIAL * run + 2] = weights[following]!;
  }
  return sums;
}
