import type { Op, ValueId } from "../program/Op.js";
import type { Program } from "../program/Program.js";
import { accumulator } from "../reference/arithmetic.js";
import { valueHead } from "../reference/attention.js";
import { definitionsOf } from "../reference/Definitions.js";
import { shapesOf, visibleKeys } from "../reference/shapes.js";
import { totals } from "./linearStages.js";
import { rowSite } from "./rowSite.js";
import type { Stage, Step } from "./Stage.js";
import { rowSpan, stageSpan } from "./spans.js";
import { pushSums } from "./sumStages.js";

/** Positions of a page: 16 codes of one channel lie side by side in one leaf, whatever the head dimension. */
export const PAGE = 16;
/** Pages of a partial sum: their leaves and at most two of weights are a step. */
export const PAGES = 4;

/**
 * `pages` i8 [digits, key heads, head dimension, 16]: value codes of the current block of 16 positions, zero after this
 * one; the page at a block's last position holds all of it. `partials` i32 [⌈blocks / 4⌉, pairs of digits, heads, head
 * dimension] over the blocks with visible keys, four at a time; `sums` as needed; the row.
 */
export function mixStages(program: Program, index: ValueId, op: Op & { kind: "mix" }, position: number): Stage[] {
  const { shape } = op;
  const { from } = visibleKeys(shape.window, position);
  const blocks = Math.floor(position / PAGE) - Math.floor(from / PAGE) + 1;
  const pairs = op.weights.length * op.qkv.length;
  const outputs = shape.heads * shape.headDim;
  const width = pairs * outputs;
  const count = Math.ceil(blocks / PAGES);
  const stages: Stage[] = [
    {
      name: "pages",
      type: "i8",
      length: op.qkv.length * shape.kvHeads * shape.headDim * PAGE,
      mostLeaves: 1,
      step: (element) => pageStep(op, position, element),
    },
    {
      name: "partials",
      type: "i32",
      length: count * width,
      mostLeaves: 2 + PAGES,
      step: (element) => partialStep(index, op, position, element),
    },
  ];
  const left = pushSums(stages, index, position, { count, width }, { sums: pairs, besides: 2 });
  const below = stages.length - 1;
  stages.push({
    name: "row",
    type: shapesOf(program)[index]!.type,
    length: outputs,
    mostLeaves: left * pairs + 2,
    step(element) {
      const head = Math.floor(element / shape.headDim);
      const own = [rowSpan(op.weightScale, position, head), rowSpan(op.sum, position, head)];
      const partials = Array.from({ length: left * pairs }, (_, i) =>
        stageSpan(index, position, below, i * outputs + element),
      );
      return {
        reads: [...partials, ...own],
        compute: (rows) => {
          const site = rowSite(program, position, own, rows.slice(partials.length));
          return definitionsOf(program).mixed(
            op,
            site,
            element,
            totals(
              rows.slice(0, partials.length).map((row) => row[0]!),
              pairs,
            ),
          );
        },
      };
    },
  });
  return stages;
}

function pageStep(op: Op & { kind: "mix" }, position: number, element: number): Step {
  const { heads, kvHeads, headDim } = op.shape;
  const key = position - (position % PAGE) + (element % PAGE);
  if (key > position) return { reads: [], compute: () => 0 };
  const channel = Math.floor(element / PAGE);
  const digits = op.qkv[Math.floor(channel / (kvHeads * headDim))]!;
  const at = (heads + kvHeads) * headDim + (channel % (kvHeads * headDim));
  return { reads: [rowSpan(digits, key, at)], compute: ([row]) => row![0]! };
}

function partialStep(index: ValueId, op: Op & { kind: "mix" }, position: number, element: number): Step {
  const { shape } = op;
  const { heads, kvHeads, headDim } = shape;
  const { from, count } = visibleKeys(shape.window, position);
  const outputs = heads * headDim;
  const pairs = op.weights.length * op.qkv.length;
  const head = Math.floor((element % outputs) / headDim);
  const pair = Math.floor(element / outputs) % pairs;
  const channel = (valueHead(shape, head) - heads - kvHeads) * headDim + (element % headDim);
  const line = PAGE * ((pair % op.qkv.length) * kvHeads * headDim + channel);

  const firstBlock = Math.floor(from / PAGE) + PAGES * Math.floor(element / (pairs * outputs));
  const lastBlock = Math.min(firstBlock + PAGES - 1, Math.floor(position / PAGE));
  const first = Math.max(from, PAGE * firstBlock);
  const last = Math.min(position, PAGE * lastBlock + PAGE - 1);
  const weights = op.weights[Math.floor(pair / op.qkv.length)]!;
  const pages = Array.from({ length: lastBlock - firstBlock + 1 }, (_, i) =>
    stageSpan(index, Math.min(position, PAGE * (firstBlock + i) + PAGE - 1), 0, line, PAGE),
  );
  return {
    reads: [rowSpan(weights, position, head * count + first - from, last - first + 1), ...pages],
    compute([p, ...codes]) {
      let sum = 0;
      for (let key = first; key <= last; key++) {
        sum += p![key - first]! * codes[Math.floor(key / PAGE) - firstBlock]![key % PAGE]!;
      }
      return accumulator(sum);
    },
  };
}
