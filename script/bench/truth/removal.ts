import { Random } from "@openledger/engine";
import { mean } from "../../truth/lds.js";
import type { Query, Scores } from "../../truth/scores.js";
import { AdapterTrainer } from "./AdapterTrainer.js";

/** Part of the records that is removed. */
const REMOVED = 0.01;
/** Random removals that a method's is compared with. */
const RANDOM_SETS = 4;

/**
 * What removing the hundredth of the records that a method names does to a text, beside removing as many at random: the rise of
 * the text's mean loss over that of random removals, in nats, mean over the texts.
 *
 * @param scores by method, `[queries][records]`
 */
export async function removalFigures(
  trainer: AdapterTrainer,
  scores: Readonly<Record<string, Scores>>,
  queries: readonly Query[],
  { records, epochs }: { readonly records: number; readonly epochs: number },
  report: (line: string) => void,
): Promise<Record<string, number>> {
  if (queries.length === 0) return {};
  const count = Math.ceil(REMOVED * records);
  const random = new Random(5);
  const losses = new Map<string, number[]>();
  const lossesWithout = async (removed: readonly number[]): Promise<number[]> => {
    const key = [...removed].sort((a, b) => a - b).join(" ");
    const known = losses.get(key);
    if (known !== undefined) return known;
    await trainer.train({
      records: Array.from({ length: records }, (_, i) => i).filter((record) => !removed.includes(record)),
      steps: AdapterTrainer.steps(records, epochs),
      seeds: { start: 7, order: 1 },
    });
    const found = await trainer.losses(queries);
    losses.set(key, found);
    report(`removal: ${losses.size} sets`);
    return found;
  };

  const atRandom: number[][] = [];
  for (let set = 0; set < RANDOM_SETS; set++) {
    atRandom.push(await lossesWithout(random.shuffle(Array.from({ length: records }, (_, i) => i)).slice(0, count)));
  }
  const figures: Record<string, number> = {};
  for (const [method, rows] of Object.entries(scores)) {
    const rises: number[] = [];
    for (let query = 0; query < queries.length; query++) {
      const row = rows[query]!;
      const best = [...row.keys()].sort((a, b) => row[b]! - row[a]! || a - b).slice(0, count);
      rises.push((await lossesWithout(best))[query]! - mean(atRandom.map((found) => found[query]!)));
    }
    figures[`qld_${method}`] = mean(rises);
  }
  return figures;
}
