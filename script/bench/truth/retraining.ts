import { Random } from "@openledger/engine";
import { mean, type Retrained } from "../../truth/lds.js";
import type { Query } from "../../truth/scores.js";
import { AdapterTrainer } from "./AdapterTrainer.js";
import type { World } from "./world.js";

/**
 * Which records are left, and with which start: random halves or nine tenths from the model's own start, halves of the contributors
 * with all that is theirs, random halves from another start.
 */
export type Regime = "rec" | "drop" | "con" | "fresh";

export interface RetrainedOften extends Retrained {
  /** `[seeds][queries]`, of which `outputs` is the mean. */
  readonly trainings: readonly Float64Array[];
}

/** What came of retraining, by regime. */
export type Truth = ReadonlyMap<Regime, readonly RetrainedOften[]>;

/** Trains an adapter on each of many subsets of a world's records, and asks it for its loss on every query. */
export async function retrain(
  trainer: AdapterTrainer,
  world: World,
  queries: readonly Query[],
  profile: {
    readonly regimes: readonly Regime[];
    readonly sets: number;
    readonly seeds: number;
    readonly epochs: number;
  },
  report: (line: string) => void,
): Promise<Truth> {
  const { regimes, sets, seeds, epochs } = profile;
  const all = regimes.length * sets * seeds;
  const started = performance.now();
  let done = 0;
  const truth = new Map<Regime, RetrainedOften[]>();
  for (const regime of regimes) {
    const random = new Random(1);
    const retrained: RetrainedOften[] = [];
    for (let set = 0; set < sets; set++) {
      const subset = subsetOf(regime, world, random);
      const trainings: Float64Array[] = [];
      for (let seed = 0; seed < seeds; seed++) {
        const kept = regime === "drop" ? 0.9 : 0.5;
        await trainer.train({
          records: subset,
          // as many steps whatever the contributors wrote: what is compared is which records, not how many
          steps: AdapterTrainer.steps(kept * world.records.length, epochs),
          seeds: { start: regime === "fresh" ? 1000 + seed : 7, order: 100 + seed },
        });
        trainings.push(Float64Array.from(await trainer.losses(queries), (loss) => -loss));
        done++;
        const minutes = ((performance.now() - started) / done / 60_000) * (all - done);
        report(`retraining: ${done} of ${all}, ${minutes.toFixed(1)} min left`);
      }
      const outputs = Float64Array.from(queries, (_, i) => mean(trainings.map((training) => training[i]!)));
      retrained.push({ records: new Set(subset), outputs, trainings });
    }
    truth.set(regime, retrained);
  }
  return truth;
}

function subsetOf(regime: Regime, world: World, random: Random): number[] {
  const records = [...world.records.keys()];
  if (regime === "drop") return random.shuffle(records).slice(0, Math.round(0.9 * records.length));
  if (regime !== "con") return random.shuffle(records).slice(0, records.length / 2);
  const names = random.shuffle(Array.from({ length: world.contributors }, (_, i) => i));
  const chosen = new Set(names.slice(0, world.contributors / 2));
  return records.filter((record) => chosen.has(world.records[record]!.contributor));
}
