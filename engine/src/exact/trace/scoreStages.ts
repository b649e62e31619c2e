import type { Op, ValueId } from "../program/Op.js";
import type { Program } from "../program/Program.js";
import { keyHead } from "../reference/attention.js";
import { definitionsOf } from "../reference/Definitions.js";
import { dot } from "../reference/linear.js";
import { shapesOf, visibleKeys } from "../reference/shapes.js";
import { headLeaves, plainStage, scoreLeaves } from "./plainStage.js";
import { rowSite } from "./rowSite.js";
import { STEP_LEAVES, type Stage } from "./Stage.js";
import { rowSpan, stageSpan } from "./spans.js";

/**
 * Scores whose digits lie in too many leaves for one step (two digits, heads across leaves): `products` i32 [pairs of
 * digits, heads, keys] first.
 */
export function scoreStages(program: Program, index: ValueId, op: Op & { kind: "scores" }, position: number): Stage[] {
  if (scoreLeaves(op) <= STEP_LEAVES) return [plainStage(program, index, position)];
  const { heads, headDim, window } = op.shape;
  const { from, count } = visibleKeys(window, position);
  const digits = op.qkv.length;
  const width = heads * count;
  return [
    {
      name: "products",
      type: "i32",
      length: digits * digits * width,
      mostLeaves: 2 * headLeaves(op),
      step(element) {
        const pair = Math.floor(element / width);
        const head = Math.floor((element % width) / count);
        const query = op.qkv[Math.floor(pair / digits)]!;
        const key = op.qkv[pair % digits]!;
        return {
          reads: [
            rowSpan(query, position, head * headDim, headDim),
            rowSpan(key, from + (element % count), keyHead(op.shape, head) * headDim, headDim),
          ],
          compute: ([q, k]) => dot(q!, k!),
        };
      },
    },
    {
      name: "row",
      type: shapesOf(program)[index]!.type,
      length: width,
      mostLeaves: digits * digits + 2,
      step(element) {
        const head = Math.floor(element / count);
        const own = [
          rowSpan(op.scale, position, head),
          rowSpan(op.scale, from + (element % count), keyHead(op.shape, head)),
        ];
        const products = Array.from({ length: digits * digits }, (_, i) =>
          stageSpan(index, position, 0, i * width + element),
        );
        return {
          reads: [...products, ...own],
          compute: (rows) => {
            const site = rowSite(program, position, own, rows.slice(products.length));
            return definitionsOf(program).score(
              op,
              site,
              element,
              rows.slice(0, products.length).map((row) => row[0]!),
            );
          },
        };
      },
    },
  ];
}
