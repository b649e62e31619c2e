import { planeElements } from "../document/tablePlanes.js";
import { type Op, SUM_CHUNK, type ValueId } from "../program/Op.js";
import type { Program } from "../program/Program.js";
import { accumulator } from "../reference/arithmetic.js";
import { definitionsOf } from "../reference/Definitions.js";
import { dot } from "../reference/linear.js";
import { shapesOf, tableOf } from "../reference/shapes.js";
import { digitPlanes, linearLeaves, outputTables, plainStage } from "./plainStage.js";
import { rowSite } from "./rowSite.js";
import { type Span, STEP_LEAVES, type Stage } from "./Stage.js";
import { rowSpan, stageSpan, tableSpan } from "./spans.js";
import { pushSums } from "./sumStages.js";

/**
 * A linear whose inputs fit one step has no stages. Else: `chunks` i32 [chunks, pairs of digits, outputs], the sums of
 * products of 1,024 inputs each (of all that remain in the last), `sums` as needed, and the row.
 */
export function linearStages(program: Program, index: ValueId, op: Op & { kind: "linear" }, position: number): Stage[] {
  if (linearLeaves(program, op) <= STEP_LEAVES) return [plainStage(program, index, position)];
  const table = tableOf(program, op.weights, "matrix");
  const { rows: outputs, columns } = table;
  const planes = digitPlanes(table);
  const pairs = op.q.length * planes.length;
  const width = pairs * outputs;
  const chunks = Math.ceil(columns / SUM_CHUNK);
  const stages: Stage[] = [
    {
      name: "chunks",
      type: "i32",
      length: chunks * width,
      mostLeaves: 2,
      step(element) {
        const from = SUM_CHUNK * Math.floor(element / width);
        const pair = Math.floor((element % width) / outputs);
        const n = element % outputs;
        const count = Math.min(SUM_CHUNK, columns - from);
        const plane = planes[pair % planes.length]!;
        return {
          reads: [
            rowSpan(op.q[Math.floor(pair / planes.length)]!, position, from, count),
            tableSpan(op.weights, plane, n, from, count),
          ],
          compute([q]) {
            const digits = planeElements(table, plane);
            return dot(q!, digits.subarray(n * columns + from, n * columns + from + count));
          },
        };
      },
    },
  ];
  const besides = op.bias === undefined ? 2 : 3;
  const left = pushSums(stages, index, position, { count: chunks, width }, { sums: pairs, besides });
  const below = stages.length - 1;
  stages.push({
    name: "row",
    type: shapesOf(program)[index]!.type,
    length: outputs,
    mostLeaves: left * pairs + besides,
    step(n) {
      const own: Span[] = [rowSpan(op.scale, position, 0)];
      const partials = Array.from({ length: left * pairs }, (_, i) =>
        stageSpan(index, position, below, i * outputs + n),
      );
      return {
        reads: [...partials, ...own, ...outputTables(op, n)],
        compute: (rows) => {
          const site = rowSite(program, position, own, rows.slice(partials.length));
          const sums = totals(
            rows.slice(0, partials.length).map((row) => row[0]!),
            pairs,
          );
          return definitionsOf(program).linear(op, site, n, sums);
        },
      };
    },
  });
  return stages;
}

/** Sums `[pairs]` of partial sums `[count, pairs]`. */
export function totals(partials: readonly number[], pairs: number): number[] {
  return Array.from({ length: pairs }, (_, pair) =>
    accumulator(partials.reduce((sum, partial, i) => (i % pairs === pair ? sum + partial : sum), 0)),
  );
}
