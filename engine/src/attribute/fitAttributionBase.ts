import { compileModel } from "../exact/compile/compileModel.js";
import { ExactModel } from "../exact/run/ExactModel.js";
import type { Model } from "../model/model-folder.js";
import type { Runtime } from "../serve/Runtime.js";
import { encodeAttributionBase } from "./AttributionBase.js";
import { CodeProjection } from "./CodeProjection.js";
import { ATTRIBUTION_CONTEXT, CODE_BITS, type PositionCodes } from "./codes.js";
import { codesOfRun } from "./codesOfRun.js";
import { AttributionError } from "./errors.js";
import { randomDirections } from "./randomDirections.js";
import { symmetricEigen } from "./symmetricEigen.js";

/** Fewest texts to fit from: fewer than this leave thresholds to chance. */
const MIN_TEXTS = 64;
/** Most texts kept as decoys. */
const MAX_DECOYS = 128;
/** Added to eigenvalues, as a part of their mean, so that directions without signal are not blown up. */
const DAMPING = 1;

export interface FitOptions {
  readonly onProgress?: (done: number, all: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Fits the attribution part of a base: whitening of final hidden states by PCA over public text, rotated so that every
 * bit of a code carries as much, and decoys. The fit is in floats; decoys are read by the exact program with these codes,
 * as records and answers are.
 *
 * @param runtime of the base, with or without an attribution part
 * @param model the same base
 * @param texts Tokens of pieces of public text that the base was not trained on and that will be no one's records; 64 or
 * more, each of at most 256 tokens. The first 128 become decoys.
 * @returns The file to store as `attribution.bin`; its SHA-256 goes into the base's manifest as `attribution.hash`
 * @throws AttributionError `invalid_request`; ExactError as `compileModel`
 */
export async function fitAttributionBase(
  runtime: Pick<Runtime, "hiddenStates" | "conformity" | "tier" | "arithmetic">,
  model: Model,
  texts: readonly (readonly number[])[],
  options: FitOptions = {},
): Promise<Uint8Array> {
  if (texts.length < MIN_TEXTS || texts.some((ids) => ids.length > ATTRIBUTION_CONTEXT)) {
    throw new AttributionError(
      "invalid_request",
      `fitting needs ${MIN_TEXTS} or more texts of at most ${ATTRIBUTION_CONTEXT} tokens, found ${texts.length}, ` +
        `the longest of ${Math.max(0, ...texts.map((ids) => ids.length))}`,
    );
  }
  const { onProgress, signal } = options;
  const states: Float32Array[] = [];
  for (const ids of texts) {
    states.push((await runtime.hiddenStates(ids, signal === undefined ? {} : { signal })).hidden);
    onProgress?.(states.length, texts.length);
  }
  const projection = fitProjection(states, model.architecture.hidden);
  const decoys = await readDecoys(runtime, model, projection, texts.slice(0, MAX_DECOYS));
  return encodeAttributionBase({ projection, decoys });
}

/** Codes of texts by the exact program that the base is served by. */
async function readDecoys(
  { conformity, tier, arithmetic }: Pick<Runtime, "conformity" | "tier" | "arithmetic">,
  model: Model,
  codes: CodeProjection,
  texts: readonly (readonly number[])[],
): Promise<PositionCodes[]> {
  const program = compileModel(model, { tier, arithmetic, codes });
  const exact = await ExactModel.open(program, conformity);
  try {
    const decoys: PositionCodes[] = [];
    for (const ids of texts) {
      const tokens = [program.shape.endToken, ...ids.slice(0, -1)];
      const result = await exact.run({ tokens, count: 1, wanted: ids.map((_, i) => i) });
      decoys.push(codesOfRun(program, result, ids));
    }
    return decoys;
  } finally {
    await exact.release();
  }
}

/** @param states Blocks of `[n, width]` */
export function fitProjection(states: readonly Float32Array[], width: number): CodeProjection {
  const { mean, covariance } = moments(states, width);
  const { values, vectors } = symmetricEigen(covariance, width);
  const average = values.reduce((sum, value) => sum + value, 0) / width;

  // Whitened axes, all of them, then 128 directions of a fixed rotation: signs of whitened axes alone would give the
  // weakest of them as much say as the strongest.
  const directions = randomDirections(CODE_BITS, width);
  const projection = new Float32Array(CODE_BITS * width);
  for (let k = 0; k < CODE_BITS; k++) {
    for (let j = 0; j < width; j++) {
      let sum = 0;
      for (let i = 0; i < width; i++) {
        const scale = 1 / Math.sqrt(Math.max(0, values[i]!) + DAMPING * average);
        sum += directions[k * width + i]! * scale * vectors[i * width + j]!;
      }
      projection[k * width + j] = sum;
    }
  }
  return new CodeProjection(Float32Array.from(mean), projection);
}

function moments(states: readonly Float32Array[], width: number) {
  const mean = new Float64Array(width);
  let count = 0;
  for (const block of states) {
    for (let at = 0; at < block.length; at += width) {
      for (let j = 0; j < width; j++) mean[j]! += block[at + j]!;
      count++;
    }
  }
  for (let j = 0; j < width; j++) mean[j]! /= count;

  const covariance = new Float64Array(width * width);
  const centred = new Float64Array(width);
  for (const block of states) {
    for (let at = 0; at < block.length; at += width) {
      for (let j = 0; j < width; j++) centred[j] = block[at + j]! - mean[j]!;
      for (let i = 0; i < width; i++) {
        for (let j = i; j < width; j++) covariance[i * width + j]! += centred[i]! * centred[j]!;
      }
    }
  }
  for (let i = 0; i < width; i++) {
    for (let j = i; j < width; j++) {
      covariance[i * width + j]! /= count;
      covariance[j * width + i] = covariance[i * width + j]!;
    }
  }
  return { mean, covariance };
}
