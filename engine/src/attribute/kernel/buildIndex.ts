import type { Runtime } from "../../serve/Runtime.js";
import { NO_CODES, type PositionCodes } from "../codes.js";
import { AttributionIndex } from "./AttributionIndex.js";
import { checkLength } from "./indexRoot.js";

/** Keeps codes of records between builds; a build that was cut short continues from what its cache holds. */
export interface RowCache {
  get(ids: readonly number[]): PositionCodes | undefined | Promise<PositionCodes | undefined>;
  set(ids: readonly number[], row: PositionCodes): void | Promise<void>;
}

export interface BuildIndexOptions {
  readonly onProgress?: (done: number, all: number) => void;
  readonly signal?: AbortSignal;
  readonly cache?: RowCache;
}

/**
 * Builds the index of a Datanet version under the runtime's base: one pass of the base per record.
 *
 * @param records Tokens of each record, in the version's order.
 * @throws AttributionError `record_too_long` before any work is done; RuntimeError `aborted`
 */
export async function buildIndex(
  runtime: Pick<Runtime, "codes" | "weightsRoot" | "attribution">,
  records: readonly { readonly ids: readonly number[] }[],
  options: BuildIndexOptions = {},
): Promise<AttributionIndex> {
  const { onProgress, signal, cache } = options;
  for (const [record, { ids }] of records.entries()) checkLength(record, ids.length);
  const { base, hash } = await runtime.attribution();

  const rows: PositionCodes[] = [];
  for (const { ids } of records) {
    // the base says nothing of no tokens
    let row = ids.length === 0 ? NO_CODES : await cache?.get(ids);
    if (row === undefined) {
      row = await runtime.codes(ids, signal === undefined ? {} : { signal });
      await cache?.set(ids, row);
    }
    rows.push(row);
    onProgress?.(rows.length, records.length);
  }
  return AttributionIndex.of({ rows, baseWeightsRoot: runtime.weightsRoot, attributionHash: hash }, base.decoys);
}
