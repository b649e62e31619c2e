import type { Runtime } from "../../serve/Runtime.js";
import { NO_CODES, type PositionCodes } from "../codes.js";

/** What the base makes of a record's tokens, of which none are nothing to it. @throws RuntimeError; the signal's reason */
export async function readRow(
  runtime: Pick<Runtime, "codes">,
  ids: readonly number[],
  signal: AbortSignal | undefined,
): Promise<PositionCodes> {
  if (ids.length === 0) return NO_CODES;
  return runtime.codes(ids, signal === undefined ? {} : { signal });
}
