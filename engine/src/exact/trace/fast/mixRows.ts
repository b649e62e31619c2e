import type { AttentionShape, Op } from "../../program/Op.js";
import type { Row } from "../../reference/Row.js";
import { visibleKeys } from "../../reference/shapes.js";
import { PAGE, PAGES } from "../mixStages.js";
import type { History, StageSource } from "./StageSource.js";
import { appendSums } from "./sumRows.js";

/** `pages`, `partials` and `sums` of a mix. */
export function mixRows(op: Op & { kind: "mix" }, position: number, source: StageSource): Row[] {
  const histories = op.qkv.map((value) => source.history(value));
  const { partials, count } = partialsOf(op, position, source, histories);
  const pairs = op.weights.length * op.qkv.length;
  const stages: Row[] = [pagesOf(op.shape, position, histories), partials];
  appendSums(stages, { count, width: partials.length / count }, { sums: pairs, besides: 2 });
  return stages;
}

/** i8 [digits, key heads, head dimension, 16] of the position's block. */
function pagesOf(shape: AttentionShape, position: number, histories: readonly History[]): Int8Array {
  const channels = shape.kvHeads * shape.headDim;
  const width = widthOf(shape);
  const pages = new Int8Array(histories.length * channels * PAGE);
  const start = position - (position % PAGE);
  for (const [digit, { first, rows }] of histories.entries()) {
    for (let slot = 0; slot <= position % PAGE; slot++) {
      const from = (start + slot - first) * width + width - channels;
      const to = digit * channels * PAGE + slot;
      for (let channel = 0; channel < channels; channel++) pages[to + channel * PAGE] = rows[from + channel]!;
    }
  }
  return pages;
}

/** i32 [⌈blocks / 4⌉, pairs, heads, head dimension]: each below 64 · 255 · 128. */
function partialsOf(
  op: Op & { kind: "mix" },
  position: number,
  source: StageSource,
  histories: readonly History[],
): { readonly partials: Int32Array; readonly count: number } {
  const { heads, headDim, window } = op.shape;
  const { from, count: keys } = visibleKeys(window, position);
  const reach = PAGE * PAGES;
  const start = from - (from % PAGE);
  const count = Math.ceil((position - start + 1) / reach);
  const outputs = heads * headDim;
  const partials = new Int32Array(count * op.weights.length * histories.length * outputs);
  let at = 0;
  for (let block = start; block <= position; block += reach) {
    const run = { first: Math.max(from, block), last: Math.min(position, block + reach - 1) };
    for (const digits of op.weights) {
      const weights = source.row(digits);
      for (const history of histories) {
        addProducts(op.shape, { weights, keys, from }, history, run, partials.subarray(at, at + outputs));
        at += outputs;
      }
    }
  }
  return { partials, count };
}

/** Adds p_hj · v_jd over keys `first` to `last`, key by key: values of a key lie side by side. */
function addProducts(
  shape: AttentionShape,
  { weights, keys, from }: { readonly weights: Row; readonly keys: number; readonly from: number },
  history: History,
  { first, last }: { readonly first: number; readonly last: number },
  sums: Int32Array,
): void {
  const { heads, kvHeads, headDim } = shape;
  const width = widthOf(shape);
  const values = history.rows as Int8Array;
  const perValue = heads / kvHeads;
  for (let key = first; key <= last; key++) {
    const row = (key - history.first) * width + (heads + kvHeads) * headDim;
    for (let head = 0; head < heads; head++) {
      const p = weights[head * keys + key - from]!;
      if (p === 0) continue;
      const value = row + Math.floor(head / perValue) * headDim;
      const sum = head * headDim;
      for (let d = 0; d < headDim; d++) sums[sum + d]! += p * values[value + d]!;
    }
  }
}

function widthOf({ heads, kvHeads, headDim }: AttentionShape): number {
  return (heads + 2 * kvHeads) * headDim;
}
