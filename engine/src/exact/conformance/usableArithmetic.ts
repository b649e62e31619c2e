import { ExactError } from "../errors.js";
import type { Program } from "../program/Program.js";
import { type Conformity, conform, type RunCase } from "./conform.js";
import type { Device } from "./Device.js";
import { runOpCase } from "./runOpCase.js";

/** In which arithmetic programs are exact on a device, and in which ways it computes them. */
export type UsableArithmetic =
  | { readonly arithmetic: "float"; readonly conformity: Conformity }
  | {
      readonly arithmetic: "integer";
      readonly conformity: Conformity;
      /** Why programs in binary32 are not. */
      readonly refused: ExactError;
    };

/**
 * Whether a device computes programs in binary32 exactly or, if it does not, those in integers: which need neither correctly
 * rounded quotients and roots nor binary32 at all, at two to three times the time. A model is compiled to one of both, so
 * a node that may only take integers serves and audits other programs than one that may take both.
 *
 * @param program in binary32, whose grids are tried
 * @throws ExactError `device_inexact` with what both arithmetics made otherwise; `device_missing`
 */
export async function usableArithmetic(
  device: Device,
  program: Program,
  run: RunCase = runOpCase,
): Promise<UsableArithmetic> {
  try {
    return { arithmetic: "float", conformity: await conform(device, program, run) };
  } catch (refused) {
    if (!isInexact(refused)) throw refused;
    try {
      const conformity = await conform(device, { arithmetic: "integer", ops: [], tables: new Map() }, run);
      return { arithmetic: "integer", conformity, refused };
    } catch (error) {
      if (!isInexact(error)) throw error;
      const message = `${refused.message} Nor are integers: ${error.message}`;
      throw new ExactError("device_inexact", message, { cause: refused });
    }
  }
}

function isInexact(error: unknown): error is ExactError {
  return error instanceof ExactError && error.code === "device_inexact";
}
