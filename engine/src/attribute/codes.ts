import { CODE_BYTES, MAX_RECORD_POSITIONS } from "../exact/program/AttributionOp.js";

export { CODE_BITS, CODE_BYTES, MAX_SURPRISE } from "../exact/program/AttributionOp.js";

/** Most tokens of a record, and positions of the one shape in which the base reads records and answers. */
export const ATTRIBUTION_CONTEXT = MAX_RECORD_POSITIONS;

/**
 * What attribution reads of n positions of a text under the base: position i is described by what the base made of
 * everything before it, and by how little it expected the token that stands there.
 */
export interface PositionCodes {
  /** `[n]`, the tokens. */
  readonly ids: Uint32Array;
  /** `[n]`, 0 to 127: `surprise` of the base's program, ⌊127 · (1 − p) + ½⌋ of the base's probability p of the token. */
  readonly surprises: Uint8Array;
  /** `[n, 16]`, `codes` of the base's program, signs of the whitened hidden state before the token; bit k of a code is bit k mod 8 of byte ⌊k / 8⌋. */
  readonly codes: Uint8Array;
}

/** An answer's positions, and what stood before them. */
export interface AnswerCodes extends PositionCodes {
  /**
   * From position `at` on the answer is read by a pass of its own, in which `before` are the positions before it, the 7 that
   * `continuity` reads or as many as there are. Ascending; without any, nothing stands before the answer.
   */
  readonly passes?: readonly { readonly at: number; readonly before: PositionCodes }[];
}

/** Of a text without tokens. */
export const NO_CODES: PositionCodes = { ids: new Uint32Array(), surprises: new Uint8Array(), codes: new Uint8Array() };

/** Positions `from` (inclusive) to `to` (exclusive), copied. */
export function sliceCodes(codes: PositionCodes, from: number, to: number): PositionCodes {
  return {
    ids: codes.ids.slice(from, to),
    surprises: codes.surprises.slice(from, to),
    codes: codes.codes.slice(from * CODE_BYTES, to * CODE_BYTES),
  };
}

/** All positions in order. */
export function joinCodes(parts: readonly PositionCodes[]): PositionCodes {
  const count = parts.reduce((sum, part) => sum + part.ids.length, 0);
  const joined = {
    ids: new Uint32Array(count),
    surprises: new Uint8Array(count),
    codes: new Uint8Array(count * CODE_BYTES),
  };
  let at = 0;
  for (const part of parts) {
    joined.ids.set(part.ids, at);
    joined.surprises.set(part.surprises, at);
    joined.codes.set(part.codes, at * CODE_BYTES);
    at += part.ids.length;
  }
  return joined;
}

/**
 * Codes as four 32-bit words a position, for counting bits fast. The order of bytes in a word is the machine's: only
 * the number of differing bits may be read from words.
 */
export function codeWords(codes: Uint8Array): Uint32Array {
  return new Uint32Array(codes.slice().buffer);
}
