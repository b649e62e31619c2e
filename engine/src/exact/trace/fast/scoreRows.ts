import type { Op } from "../../program/Op.js";
import { keyHead } from "../../reference/attention.js";
import type { Row } from "../../reference/Row.js";
import { visibleKeys } from "../../reference/shapes.js";
import { scoreLeaves } from "../plainStage.js";
import { STEP_LEAVES } from "../Stage.js";
import { requireDigits } from "./requireDigits.js";
import type { StageSource } from "./StageSource.js";

/** `products` of queries and keys, where scores have any. */
export function scoreRows(op: Op & { kind: "scores" }, position: number, source: StageSource): Row[] {
  if (scoreLeaves(op) <= STEP_LEAVES) return [];
  const { heads, kvHeads, headDim, window } = op.shape;
  const { from, count } = visibleKeys(window, position);
  const width = (heads + 2 * kvHeads) * headDim;
  const products = new Int32Array(op.qkv.length ** 2 * heads * count);
  let at = 0;
  for (const query of op.qkv) {
    const q = requireDigits(source.row(query));
    for (const key of op.qkv) {
      const { first, rows } = source.history(key);
      const keys = requireDigits(rows.subarray((from - first) * width, (position + 1 - first) * width));
      for (let head = 0; head < heads; head++) {
        const start = keyHead(op.shape, head) * headDim;
        for (let j = 0; j < count; j++) {
          products[at++] = dot(q, head * headDim, keys, j * width + start, headDim);
        }
      }
    }
  }
  return [products];
}

function dot(a: Int8Array, fromA: number, b: Int8Array, fromB: number, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += a[fromA + i]! * b[fromB + i]!;
  return sum;
}
