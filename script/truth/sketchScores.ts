import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  bothEnds,
  buildSketches,
  fitGradientBasis,
  type GradientSource,
  gradientQuery,
  isB,
  type SketchKind,
  scoreSketches,
} from "@openledger/engine";
import type { TextedGradients } from "./gradientScores.js";
import type { Scores } from "./scores.js";

/** The bench's base and adapter are registered nowhere; of a root the sample of records is drawn by. */
const NOWHERE = `0x${"00".repeat(32)}` as const;

/** Eigenvalue-corrected Shampoo as nodes compute it: a basis of a sixth of the records, sketches in a file, scores in integers. */
export async function sketchScores(gradients: TextedGradients, kind: SketchKind): Promise<Scores> {
  const { texts, asked } = gradients;
  const source = sourceOf(gradients);
  const length = Math.max(...[...texts, ...asked.map(({ ids }) => ids)].map((ids) => ids.length));
  const subject = { baseWeightsRoot: NOWHERE, adapterWeightsRoot: NOWHERE, length };
  const basis = await fitGradientBasis(source, texts, subject);
  const folder = await mkdtemp(join(tmpdir(), "openledger-sketches-"));
  try {
    const sketches = await buildSketches(join(folder, "sketches.bin"), source, basis, texts, { kind });
    try {
      const queries = [];
      for (const { ids, from } of asked) queries.push(await gradientQuery(source, basis, ids, from));
      const scores = queries.map(() => new Float64Array(texts.length));
      // what is ranked are sums over subsets: the last bits of a score do not matter there
      await scoreSketches(queries, sketches, (record, row) => {
        row.forEach((score, query) => {
          scores[query]![record] = Number(score);
        });
      });
      return scores;
    } finally {
      await sketches.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What `BothEnds` takes, of gradients that were taken of an adapter at each end. */
export function gradientsAtBothEnds(end: TextedGradients, start: TextedGradients): TextedGradients {
  const moving = <T>(of: readonly T[]): readonly T[] => of.filter((_, m) => isB(start.matrices[m]!));
  return {
    ...end,
    matrices: bothEnds(end.matrices, start.matrices),
    records: [...end.records, ...moving(start.records)],
    queries: [...end.queries, ...moving(start.queries)],
  };
}

/** Gradients that were taken before, by their texts. */
function sourceOf({ matrices, texts, records, asked, queries }: TextedGradients): GradientSource {
  const known = new Map<readonly number[], readonly Float32Array[]>();
  const keep = (ids: readonly number[], of: readonly (readonly Float32Array[])[], at: number) =>
    known.set(
      ids,
      of.map((rows) => rows[at]!),
    );
  for (const [at, ids] of texts.entries()) keep(ids, records, at);
  for (const [at, { ids }] of asked.entries()) keep(ids, queries, at);
  return { matrices, of: async (ids) => known.get(ids)! };
}
