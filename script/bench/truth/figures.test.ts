import { Random } from "@openledger/engine";
import { expect, test } from "vitest";
import { truthFigures } from "./figures.js";
import type { Regime, RetrainedOften } from "./retraining.js";
import { generateWorld } from "./world.js";

const COUNTS = { real: 4, generated: 3 };
const world = generateWorld({ publicTexts: 50, records: 40, contributors: 5, queries: 4, planted: 2 }, 1);
const queries = COUNTS.real + COUNTS.generated + world.planted.length;

/** Records that each query gains from, by one nat; of generated ones others than of real ones. */
const gains = Array.from({ length: queries }, (_, query) =>
  Float64Array.from(world.records, (_, record) => (record % 4 === query % 4 ? 1 : 0)),
);

function retrained(seeds: number): RetrainedOften[] {
  const random = new Random(3);
  return Array.from({ length: 12 }, () => {
    const records = random.shuffle([...world.records.keys()]).slice(0, 20);
    const outputs = Float64Array.from(gains, (gain) => records.reduce((sum, record) => sum + gain[record]!, 0));
    return { records: new Set(records), outputs, trainings: new Array<Float64Array>(seeds).fill(outputs) };
  });
}

const truthOf = (seeds: number) => new Map<Regime, RetrainedOften[]>([["rec", retrained(seeds)]]);

test("says of each method, regime by regime, how well it foretells retraining, and of each regime how well it can be foretold", () => {
  const figures = truthFigures({ kernel: gains }, truthOf(2), world, COUNTS);

  expect(figures).toMatchObject({ lds_rec_kernel: 1, lds_gen_kernel: 1, se_rec_kernel: 0, se_gen_kernel: 0 });
  expect(figures.ceiling_rec).toBeCloseTo(1, 12);
  expect(figures.ceiling_gen).toBeCloseTo(1, 12);
});

test("one training of each set tells no ceiling", () => {
  expect(Object.keys(truthFigures({ kernel: gains }, truthOf(1), world, COUNTS))).not.toContain("ceiling_rec");
});

test("junk's share is of what is paid, and recall of the records that tell a fact", () => {
  const shares = Array.from({ length: queries }, () =>
    Float64Array.from(world.records, ({ kind }) => (kind === "junk" ? 1 : kind === "planted" ? 2 : -1)),
  );
  const { junk_share_kernel, junk_share_real_kernel, recall_kernel } = truthFigures(
    { kernel: shares },
    truthOf(2),
    world,
    COUNTS,
  );

  // 4 records of junk at 1, 8 of planted facts at 2, nothing to those below zero
  expect(junk_share_kernel).toBeCloseTo(4 / 20, 12);
  expect(junk_share_real_kernel).toBeCloseTo(4 / 20, 12);
  // the first four of eight equal ones tell one fact of two
  expect(recall_kernel).toBe(0.5);
});
