/**
 * The leaves of a trace.
 *
 * A program run over tokens makes rows: position by position, at each the operations in order. An operation's row may have
 * stages before it (below), which are rows too. Each of these rows is cut in runs of 1,024 bytes (256 elements of f32 and
 * i32, 512 of u16, 1,024 of i8 and u8; little endian), the last one shorter: the leaves. Parts number the leaves of an
 * operation at a position from 0, stage after stage, the row's own last. The canonical order of leaves is that of (position,
 * operation, part); all that a leaf depends on lies to its left.
 *
 * A step recomputes one element of a leaf. It reads at most 8 leaves, those of the trace and parts of table rows together
 * (and thereby 8 KB); tables are cut in parts of 1,024 bytes row by row, see `tablePlanes`. What a step reads depends on
 * the place of the element alone, but for tables that a value or a token points into (an embedding's row, an exponential).
 *
 * Stages, with [..] their shape, the last dimension fastest:
 *
 * - `linear` reads all inputs at once where that is at most 8 leaves. Else `chunks` i32 [chunks, pairs, outputs]: the sums
 *   of products of 1,024 inputs, for each pair (k, m) of a digit of q and one of w; then sums.
 * - `rowScale`, `sumSquares`, `scoreMax`, `sum`: groups of more than six leaves' worth of elements (which lie in up to
 *   seven leaves) have `partials` [groups, runs] first, the maximum or sum of each run of six leaves' worth, over and over
 *   until the partials of a group are as few.
 * - `scores` reads the digits of both heads at once where that is at most 8 leaves. Else `products` i32 [pairs, heads, keys].
 * - `mix`: `pages` i8 [digits, key heads, head dimension, 16] gather the value codes of the position's block of 16
 *   positions, zero after the position; `partials` i32 [⌈blocks/4⌉, pairs, heads, head dimension] add the products of four
 *   blocks' pages, from the first block with a visible key on; then sums.
 * - `surprise`: `partials` i32, the greatest of each 1,536 logits, where there are more; `greatest` i32 [1]; `weights` i32
 *   [vocabulary]; `sums` i32 [runs, 3] of 1,536 weights each, both digits in base 2^24 and the following token's weight if it
 *   is one of them.
 * - `denominator` adds up to 1,536 elements at once. Else `sums` i32 [runs, 2], both digits of 1,536 elements' sum, then of
 *   768 sums', until as few are left.
 * - `continuity` reads its similarity and the record's credits at up to 7 earlier positions, `windowSum` what it adds at
 *   up to 8.
 * - sums: while partial sums and the other inputs of the row's element are more than 8, `sums` i32 adds eight at a time.
 */
import { ExactError } from "../errors.js";
import type { ValueId } from "../program/Op.js";
import type { Program } from "../program/Program.js";
import { ELEMENT_BYTES, type ElementType } from "../reference/Row.js";
import { FINAL, leafCount, perLeaf, type RowSpan, type Stage } from "./Stage.js";
import { stagesOf } from "./stagesOf.js";

/** A place of a leaf in a trace. */
export interface LeafPlace {
  readonly op: ValueId;
  readonly position: number;
  readonly part: number;
}

/** What a leaf holds: elements `from` to `to` of the row of stage `stage`. */
export interface Part {
  readonly stage: number;
  readonly name: Stage["name"];
  readonly type: ElementType;
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
}

/** How many leaves an operation has at a position. */
export function partCount(program: Program, op: ValueId, position: number): number {
  return stagesOf(program, op, position).reduce((sum, { type, length }) => sum + leafCount(type, length), 0);
}

export function partsOf(program: Program, op: ValueId, position: number): Part[] {
  return stagesOf(program, op, position).flatMap((stage, index) =>
    Array.from({ length: leafCount(stage.type, stage.length) }, (_, leaf) => partAt(stage, index, leaf)),
  );
}

/** @throws ExactError `trace_malformed` where the operation has no such part at this position. */
export function partOf(program: Program, { op, position, part }: LeafPlace): Part & { readonly of: Stage } {
  let leaf = part;
  for (const [index, stage] of stagesOf(program, op, position).entries()) {
    const leaves = leafCount(stage.type, stage.length);
    if (leaf < leaves) return { ...partAt(stage, index, leaf), of: stage };
    leaf -= leaves;
  }
  throw new ExactError(
    "trace_malformed",
    `Operation ${op} has ${part - leaf} parts at position ${position}, no part ${part}.`,
  );
}

function partAt(stage: Stage, index: number, leaf: number): Part {
  const { name, type, length } = stage;
  const from = leaf * perLeaf(type);
  const to = Math.min(from + perLeaf(type), length);
  return { stage: index, name, type, from, to, bytes: (to - from) * ELEMENT_BYTES[type] };
}

/** The leaves that a run of a row lies in, and which of its elements each holds. */
export function leavesOf(program: Program, span: RowSpan): { readonly place: LeafPlace; readonly part: Part }[] {
  const { op, position, from, to } = span;
  const stages = stagesOf(program, op, position);
  const index = span.stage === FINAL ? stages.length - 1 : span.stage;
  const stage = stages[index]!;
  const before = stages.slice(0, index).reduce((sum, { type, length }) => sum + leafCount(type, length), 0);
  const first = Math.floor(from / perLeaf(stage.type));
  const last = Math.floor((to - 1) / perLeaf(stage.type));
  return Array.from({ length: last - first + 1 }, (_, i) => ({
    place: { op, position, part: before + first + i },
    part: partAt(stage, index, first + i),
  }));
}
