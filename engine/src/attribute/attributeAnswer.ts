import type { Runtime } from "../serve/Runtime.js";
import { answerCodes } from "./answerCodes.js";
import { type AnswerAttribution, type AttributionVersion, attributeCodes } from "./attributeCodes.js";
import { NO_CODES } from "./codes.js";
import { AttributionError } from "./errors.js";

/**
 * Attributes an answer to the records of the versions its model was trained on, by one pass of the frozen base over
 * prompt and answer (several for long answers, see `answerCodes`).
 *
 * @throws AttributionError `invalid_request` when an index is of another base than the runtime's
 */
export async function attributeAnswer(
  runtime: Pick<Runtime, "codes" | "weightsRoot" | "attributionHash">,
  answer: {
    readonly versions: readonly AttributionVersion[];
    readonly promptIds: readonly number[];
    readonly outputIds: readonly number[];
    readonly signal?: AbortSignal;
  },
): Promise<AnswerAttribution> {
  const { versions, promptIds, outputIds, signal } = answer;
  requireBase(runtime, versions);
  if (versions.length === 0) return attributeCodes([], NO_CODES);
  const codes = await answerCodes(runtime, promptIds, outputIds, signal === undefined ? {} : { signal });
  return attributeCodes(versions, codes);
}

/** @throws AttributionError `invalid_request` when an index is of another base than the runtime's */
export function requireBase(
  runtime: Pick<Runtime, "weightsRoot" | "attributionHash">,
  versions: readonly AttributionVersion[],
): void {
  for (const { datanet, version, index } of versions) {
    if (index.baseWeightsRoot !== runtime.weightsRoot || index.attributionHash !== runtime.attributionHash) {
      throw new AttributionError(
        "invalid_request",
        `Datanet ${datanet} version ${version}: the index is of base ${index.baseWeightsRoot} with attribution file ` +
          `${index.attributionHash}, the runtime serves ${runtime.weightsRoot} with ${runtime.attributionHash}`,
      );
    }
  }
}
