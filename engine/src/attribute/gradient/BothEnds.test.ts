import { expect, it } from "vitest";
import { initialAdapter, initialWeights } from "../../train/initial-weights.js";
import { BothEnds } from "./BothEnds.js";
import { EvsFit } from "./EvsFit.js";
import { TextGradients } from "./TextGradients.js";
import { smallArchitecture } from "./testGradients.js";

const architecture = smallArchitecture(50);
const model = { architecture, weights: initialWeights(architecture, 3) };
const options = { length: 12, threads: 1 };
const shape = { rank: 2, alpha: 4, projections: ["q", "down"] } as const;
const ids = [5, 9, 31, 2, 2, 17, 40];

it("has an adapter's gradients, and those of one of its shape that changes nothing yet", async () => {
  const adapter = initialAdapter(architecture, shape, 8);
  for (const [name, factor] of adapter.factors) if (name.endsWith(".b")) factor.fill(0.01);
  const both = await BothEnds.create(model, adapter, options);
  const [end, start] = [
    await TextGradients.create(model, { adapter }, options),
    await TextGradients.create(model, { adapter: initialAdapter(architecture, shape, 0) }, options),
  ];

  const ofStart = await start.of(ids, 2);
  const moving = start.matrices.map(({ name }) => name.endsWith(".b"));
  expect(await both.of(ids, 2)).toEqual([...(await end.of(ids, 2)), ...ofStart.filter((_, m) => moving[m])]);
  // what is left out is nothing
  for (const [m, gradient] of ofStart.entries()) expect(gradient.some((g) => g !== 0)).toBe(moving[m]);

  expect(both.matrices.map(({ name }) => name)).toEqual([
    ...end.matrices.map(({ name }) => name),
    ...start.matrices.filter((_, m) => moving[m]).map(({ name }) => `start.${name}`),
  ]);
  for (const one of [both, end, start]) await one.close();
});

it("gives both ends the same say, and an adapter's matrices what they have alone", async () => {
  const adapter = initialAdapter(architecture, shape, 8);
  const both = await BothEnds.create(model, adapter, options);
  const sum = (weighed: boolean) =>
    both.matrices.reduce(
      (all, { rows, columns, weight }) =>
        all + ((weight !== undefined) === weighed ? rows * columns * (weight ?? 1) ** 2 : 0),
      0,
    );

  expect(sum(true)).toBeCloseTo(sum(false), 6);
  const weighed = both.matrices.find(({ weight }) => weight !== undefined)!;
  const gradients = [await both.of(ids)].map((all) => all[both.matrices.indexOf(weighed)]!);
  const { weight, ...plain } = weighed;
  const scaleOf = (matrix: typeof weighed) => EvsFit.of(matrix, gradients).axes.scale;
  scaleOf(weighed).forEach((scale, i) => {
    expect(scale / scaleOf(plain)[i]!).toBeCloseTo(weight!, 5);
  });
  await both.close();
});
