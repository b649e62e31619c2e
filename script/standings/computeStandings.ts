import { type GradientQuery, gradientQuery, type Standings, scoreSketches, standings } from "@openledger/engine";
import type { Hex } from "viem";
import type { VersionRecord } from "../registered/readRecords.js";
import type { AdaptedBase } from "../registered/readRegisteredModel.js";
import type { AskedText } from "../registered/readTexts.js";
import { type SketchOptions, withRecordSketches } from "../registered/recordSketches.js";

export interface ComputedStandings extends Standings {
  readonly basisRoot: Hex;
  readonly sketchesRoot: Hex;
  /** Records without a sketch: copies of earlier ones, and those too long for the base. */
  readonly unread: readonly number[];
}

/**
 * What each record, and each who contributed some, is worth to an adapter for some texts, see `withRecordSketches`.
 *
 * @throws AttributionError `not_finite` names the record; the signal's reason when it is aborted
 */
export async function computeStandings(
  model: AdaptedBase,
  records: readonly VersionRecord[],
  texts: readonly AskedText[],
  options: SketchOptions,
): Promise<ComputedStandings> {
  const { onProgress, signal } = options;
  return withRecordSketches(model, records, options, async ({ gradients, basis, sketches, length, ids }) => {
    const queries: GradientQuery[] = [];
    for (const [i, { prompt, text }] of texts.entries()) {
      signal?.throwIfAborted();
      const before = model.tokenizer.encode(prompt);
      const all = [...before, ...model.tokenizer.encode(text)].slice(0, length);
      queries.push(await gradientQuery(gradients, basis, all, before.length));
      onProgress?.("texts", i + 1, texts.length);
    }
    const sums: bigint[] = [];
    const take = (record: number, scores: readonly bigint[]) => {
      sums[record] = scores.reduce((sum, score) => sum + score, 0n);
      onProgress?.("scores", record + 1, records.length);
    };
    await scoreSketches(queries, sketches, take, { ...(signal && { signal }) });
    const contributors = records.map(({ contributor }) => contributor);
    return {
      ...standings(sums, contributors),
      basisRoot: basis.root,
      sketchesRoot: sketches.root,
      unread: ids.flatMap((one, record) => (one.length === 0 ? [record] : [])),
    };
  });
}
