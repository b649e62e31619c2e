import { WORD } from "../../program/AttributionOp.js";
import type { Op } from "../../program/Op.js";
import { BoundViolation } from "../../reference/arithmetic.js";
import type { Row } from "../../reference/Row.js";
import { REACH } from "../surpriseStages.js";
import type { StageSource } from "./StageSource.js";

/** `sums` of a denominator, where it has any. */
export function denominatorRows(op: Op & { kind: "denominator" }, source: StageSource): Row[] {
  const stages: Row[] = [];
  let below = source.row(op.sums) as Int32Array;
  while (below.length > REACH) {
    const sums = new Int32Array(2 * Math.ceil(below.length / REACH));
    for (let run = 0; run < sums.length / 2; run++) {
      const end = Math.min((run + 1) * REACH, below.length);
      let sum = 0;
      if (stages.length === 0) for (let i = run * REACH; i < end; i++) sum += below[i]!;
      else for (let i = run * REACH; i < end; i += 2) sum += below[i]! * WORD + below[i + 1]!;
      if (sum < 0) throw new BoundViolation("a denominator is below 2^52", sum);
      sums[2 * run] = Math.floor(sum / WORD);
      sums[2 * run + 1] = sum % WORD;
    }
    stages.push(sums);
    below = sums;
  }
  return stages;
}
