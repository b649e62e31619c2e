import { Random } from "@openledger/engine";
import { describe, expect, it } from "vitest";
import { ceiling } from "./ceiling.js";
import { mean, spearman } from "./lds.js";

const SETS = 300;
const QUERIES = 20;

/** What each set does to each query, and what `trainings` of it came to: that, and chance of `noise` times its size. */
function trained(trainings: number, noise: number) {
  const random = new Random(5);
  const effects = Array.from({ length: SETS }, () => Float64Array.from({ length: QUERIES }, () => random.normal()));
  const outputs = effects.map((effect) =>
    Array.from({ length: trainings }, () => effect.map((value) => value + noise * random.normal())),
  );
  return { effects, outputs };
}

describe("ceiling", () => {
  it("is 1 where every training comes to the same, and next to nothing where they share nothing", () => {
    expect(ceiling(trained(2, 0).outputs)).toBeCloseTo(1, 12);
    expect(ceiling(trained(2, 1000).outputs)).toBeLessThan(0.2);
  });

  it.each([2, 3])("is what who knows each set's effect would score, of %i trainings", (trainings) => {
    const { effects, outputs } = trained(trainings, 1);
    const known = Array.from({ length: QUERIES }, (_, query) =>
      spearman(
        effects.map((effect) => effect[query]!),
        outputs.map((set) => mean(set.map((training) => training[query]!))),
      ),
    );

    expect(ceiling(outputs)).toBeGreaterThan(mean(known) - 0.02);
    expect(ceiling(outputs)).toBeLessThan(mean(known) + 0.02);
  });
});
