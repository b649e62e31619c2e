import { planeElements } from "../../document/tablePlanes.js";
import { type Op, SUM_CHUNK } from "../../program/Op.js";
import type { Program } from "../../program/Program.js";
import type { Row } from "../../reference/Row.js";
import { tableOf } from "../../reference/shapes.js";
import { digitPlanes, linearLeaves } from "../plainStage.js";
import { STEP_LEAVES } from "../Stage.js";
import { requireDigits, requireTableDigits } from "./requireDigits.js";
import type { StageSource } from "./StageSource.js";
import { appendSums } from "./sumRows.js";

/** `chunks` and `sums` of a linear, where it has any. */
export function linearRows(program: Program, op: Op & { kind: "linear" }, source: StageSource): Row[] {
  if (linearLeaves(program, op) <= STEP_LEAVES) return [];
  const table = tableOf(program, op.weights, "matrix");
  const { rows: outputs, columns } = table;
  const inputs = op.q.map((value) => requireDigits(source.row(value)));
  const planes = requireTableDigits(table, digitPlanes(table)).map((plane) => planeElements(table, plane) as Int8Array);
  const pairs = inputs.length * planes.length;
  const count = Math.ceil(columns / SUM_CHUNK);
  const chunks = new Int32Array(count * pairs * outputs);
  let at = 0;
  for (let from = 0; from < columns; from += SUM_CHUNK) {
    const to = Math.min(from + SUM_CHUNK, columns);
    for (const q of inputs) {
      for (const w of planes) {
        dots(q, w, { from, to, columns }, chunks.subarray(at, at + outputs));
        at += outputs;
      }
    }
  }
  const stages: Row[] = [chunks];
  appendSums(stages, { count, width: pairs * outputs }, { sums: pairs, besides: op.bias === undefined ? 2 : 3 });
  return stages;
}

/** Sums of at most 1,024 products of digits, below 2^24, of one input with each row of a matrix. */
function dots(
  q: Int8Array,
  w: Int8Array,
  { from, to, columns }: { readonly from: number; readonly to: number; readonly columns: number },
  sums: Int32Array,
): void {
  for (let n = 0; n < sums.length; n++) {
    const row = n * columns;
    let sum = 0;
    for (let j = from; j < to; j++) sum += q[j]! * w[row + j]!;
    sums[n] = sum;
  }
}
