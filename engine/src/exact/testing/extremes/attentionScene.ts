import type { AttentionShape } from "../../program/Op.js";
import type { ElementType } from "../../reference/Row.js";
import { visibleKeys } from "../../reference/shapes.js";
import { noisyDigits, range } from "./values.js";
import { history, type InputDraft } from "./vectorOf.js";

/** What attention sees at a position. */
export interface AttentionScene {
  readonly name: string;
  readonly shape: AttentionShape;
  readonly position: number;
  readonly digits?: 1 | 2;
  /** Elements of a row of digits at a position; noise if absent. */
  readonly digit?: (position: number, element: number, low: number) => number;
  /** Noise if absent. */
  readonly scale?: (position: number, head: number) => number;
}

export const TWO_HEADS: AttentionShape = { heads: 2, kvHeads: 1, headDim: 4, window: null };

/** Scales of an arithmetic. */
export interface SceneScales {
  readonly type: ElementType;
  noise(position: number, heads: number): readonly number[];
}

/** Rows of digits and scales of all visible positions. */
export function attentionMemory(
  { shape, position, digits = 1, digit, scale }: AttentionScene,
  scales: SceneScales,
): { qkv: InputDraft[]; scale: InputDraft } {
  const { from, count } = visibleKeys(shape.window, position);
  const positions = range(count).map((i) => from + i);
  const heads = shape.heads + 2 * shape.kvHeads;
  const width = heads * shape.headDim;
  const digitsAt = (at: number, low: number) =>
    digit === undefined
      ? noisyDigits(1000 * low + at, width, low === 0 ? 127 : 64)
      : range(width).map((i) => digit(at, i, low));
  const scalesAt = (at: number) =>
    scale === undefined ? scales.noise(at, heads) : range(heads).map((head) => scale(at, head));
  const rowsOf = (low: number) => positions.map((at) => digitsAt(at, low));
  return {
    qkv: range(digits).map((low) => history("i8", rowsOf(low))),
    scale: history(scales.type, positions.map(scalesAt)),
  };
}
