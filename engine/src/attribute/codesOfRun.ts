import type { Program } from "../exact/program/Program.js";
import { packSigns } from "../exact/run/packSigns.js";
import { surprisesOf } from "../exact/run/surprisesOf.js";
import { integerLogits } from "../exact/sampling/integerLogits.js";
import type { PositionCodes } from "./codes.js";
import { AttributionError } from "./errors.js";

/**
 * What attribution reads of the tokens that follow the wanted positions of a run: the rows of the program's codes and
 * surprises there, to the bit.
 *
 * @param program compiled with codes
 * @param result of a run of the program: logits f32 `[n, vocabulary]`, signs f32 `[n, 128]`
 * @param following `[n]`, the token after each wanted position
 * @throws AttributionError `invalid_request` where rows and tokens differ in number, or the program has no codes; ExactError
 * `token_out_of_range`
 */
export function codesOfRun(
  program: Program,
  result: { readonly logits: Float32Array; readonly signs: Float32Array | undefined },
  following: readonly number[],
): PositionCodes {
  const { logits, signs } = result;
  const rows = logits.length / program.shape.vocabulary;
  if (signs === undefined || rows !== following.length) {
    throw new AttributionError(
      "invalid_request",
      `codes of ${following.length} tokens are asked for of ${rows} rows ${signs === undefined ? "without" : "with"} codes`,
    );
  }
  return {
    ids: Uint32Array.from(following),
    surprises: surprisesOf(program, integerLogits(logits), following),
    codes: packSigns(signs),
  };
}
