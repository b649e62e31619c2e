import { ATTRIBUTION_CONTEXT } from "../attribute/codes.js";
import type { Architecture } from "../model/architecture.js";
import { RuntimeError } from "./errors.js";
import type { PassRequest } from "./protocol.js";

/** @throws RuntimeError `context_exceeded`, `invalid_request` */
export function checkPass(
  { vocabulary, endToken, maxPositions }: Pick<Architecture, "vocabulary" | "endToken" | "maxPositions">,
  { ids, before }: PassRequest,
): void {
  if (ids.length > Math.min(ATTRIBUTION_CONTEXT, maxPositions)) {
    throw new RuntimeError(
      "context_exceeded",
      `a pass reads ${ATTRIBUTION_CONTEXT} tokens, asked for ${ids.length}; split the text`,
    );
  }
  const foreign = [before ?? endToken, ...ids].find((id) => !Number.isInteger(id) || id < 0 || id >= vocabulary);
  if (foreign !== undefined) {
    throw new RuntimeError("invalid_request", `ids must be tokens below ${vocabulary}, found ${foreign}`);
  }
}
