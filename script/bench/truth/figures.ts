import { ceiling } from "../../truth/ceiling.js";
import { lds, mean } from "../../truth/lds.js";
import type { Scores } from "../../truth/scores.js";
import type { Truth } from "./retraining.js";
import type { World } from "./world.js";

/** Records that a receipt names. */
const NAMED = 64;

/** As a receipt has it: nothing negative, and the 64 largest. */
function payable(scores: Scores): Scores {
  return scores.map((row) => {
    const least = row.slice().sort().at(-NAMED) ?? 0;
    return row.map((score) => (score >= least && score > 0 ? score : 0));
  });
}

/**
 * What there is to say of each method: how well it predicts retraining on the queries by regime, and on generated texts (`gen`); the
 * part of its pay that junk takes, of all of them and of the queries' own texts, which junk has not shaped; how many of the records
 * that tell a planted fact it finds first. And of each regime how well it can be predicted at all, where sets were trained on more than once.
 *
 * @param scores by method, for the queries' own texts, then generated ones, then planted facts
 */
export function truthFigures(
  scores: Readonly<Record<string, Scores>>,
  truth: Truth,
  world: World,
  counts: { readonly real: number; readonly generated: number },
): Record<string, number> {
  const found: Record<string, number> = {};
  const regimes = [
    ...[...truth].map(([regime, sets]) => [regime, sets, 0, counts.real] as const),
    ["gen", truth.get("rec")!, counts.real, counts.real + counts.generated] as const,
  ];
  for (const [regime, sets, from, to] of regimes) {
    const trainings = sets.map((set) => set.trainings.map((outputs) => outputs.slice(from, to)));
    // one training says nothing of how much another would differ
    if (trainings[0]!.length > 1) found[`ceiling_${regime}`] = ceiling(trainings);
  }
  for (const [method, rows] of Object.entries(scores)) {
    for (const [regime, sets, from, to] of regimes) {
      const outputs = sets.map((set) => ({ ...set, outputs: set.outputs.slice(from, to) }));
      const { mean, error } = lds(rows.slice(from, to), outputs);
      found[`lds_${regime}_${method}`] = mean;
      found[`se_${regime}_${method}`] = error;
    }
    const paid = payable(rows);
    const junk = paid.map((row) => partOf(row, (i) => world.records[i]!.kind === "junk"));
    found[`junk_share_${method}`] = mean(junk.slice(0, counts.real + counts.generated));
    found[`junk_share_real_${method}`] = mean(junk.slice(0, counts.real));
    const planted = rows.slice(counts.real + counts.generated);
    found[`recall_${method}`] = mean(planted.map((row, i) => recall(row, world.planted[i]!.records)));
  }
  return found;
}

function partOf(row: Float64Array, counts: (record: number) => boolean): number {
  let [part, all] = [0, 0];
  row.forEach((score, record) => {
    all += score;
    if (counts(record)) part += score;
  });
  return all === 0 ? 0 : part / all;
}

/** How many of the records that tell a fact are among as many best. */
function recall(row: Float64Array, right: readonly number[]): number {
  const best = [...row.keys()].sort((a, b) => row[b]! - row[a]! || a - b).slice(0, right.length);
  return best.filter((record) => right.includes(record)).length / right.length;
}
