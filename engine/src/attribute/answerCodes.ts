import { CONTINUITY_TOKENS } from "../exact/program/AttributionOp.js";
import type { Runtime } from "../serve/Runtime.js";
import { type AnswerCodes, ATTRIBUTION_CONTEXT, joinCodes, type PositionCodes, sliceCodes } from "./codes.js";

/** Answer positions read in one pass when the whole does not fit. */
export const WINDOW_STRIDE = 64;

/**
 * Codes of an answer's positions, each in the context of prompt and answer before it, and of the few before each pass.
 *
 * If prompt and answer have at most 256 tokens, one pass reads them. Else the answer is cut into blocks of 64 positions
 * from its first token on, and each block is read by a pass over the 256 tokens that end with it. A function of the
 * tokens alone, so that everyone who recomputes reads in the same windows.
 */
export async function answerCodes(
  runtime: Pick<Runtime, "codes">,
  promptIds: readonly number[],
  outputIds: readonly number[],
  options: { readonly signal?: AbortSignal } = {},
): Promise<AnswerCodes> {
  const ids = [...promptIds, ...outputIds];
  const parts: PositionCodes[] = [];
  const passes: { at: number; before: PositionCodes }[] = [];
  for (const window of answerWindows(promptIds.length, outputIds.length)) {
    const { codes, before } = await windowCodes(runtime, ids, window, options);
    parts.push(codes);
    passes.push({ at: window.from - promptIds.length, before });
  }
  return { ...joinCodes(parts), passes };
}

/** A pass over tokens `start` to `to` gives the codes of positions `from` to `to` of prompt and answer. */
export interface AnswerWindow {
  readonly start: number;
  readonly from: number;
  readonly to: number;
}

/** Codes of a window's positions, and of the few before them. @param ids Prompt and answer. @throws RuntimeError; the signal's reason */
export async function windowCodes(
  runtime: Pick<Runtime, "codes">,
  ids: readonly number[],
  { start, from, to }: AnswerWindow,
  options: { readonly signal?: AbortSignal } = {},
): Promise<{ readonly codes: PositionCodes; readonly before: PositionCodes }> {
  const first = Math.max(start, from - CONTINUITY_TOKENS);
  const found = await runtime.codes(ids.slice(start, to), { ...options, before: ids[start - 1], from: first - start });
  return { codes: sliceCodes(found, from - first, to - first), before: sliceCodes(found, 0, from - first) };
}

/** The windows in which an answer is read, in order. */
export function answerWindows(prompt: number, output: number): AnswerWindow[] {
  const all = prompt + output;
  if (output === 0) return [];
  if (all <= ATTRIBUTION_CONTEXT) return [{ start: 0, from: prompt, to: all }];
  const windows = [];
  for (let from = prompt; from < all; from += WINDOW_STRIDE) {
    const to = Math.min(from + WINDOW_STRIDE, all);
    windows.push({ start: Math.max(0, to - ATTRIBUTION_CONTEXT), from, to });
  }
  return windows;
}
