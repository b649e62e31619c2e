import { describe, expect, it } from "vitest";
import { projectionName } from "../../model/parameters.js";
import { initialAdapter, initialWeights } from "../../train/initial-weights.js";
import { textLoss } from "../../train/text-loss.js";
import { TextGradients } from "./TextGradients.js";
import { smallArchitecture } from "./testGradients.js";

const architecture = smallArchitecture(24);
// larger than those that training starts from, so that a step of one weight shows in binary32
const weights = new Map(
  [...initialWeights(architecture, 3)].map(([name, data]) => [name, data.length > 16 ? data.map((w) => 12 * w) : data]),
);
const model = { architecture, weights };
const options = { length: 16, threads: 1 };
const text = [3, 9, 4, 4, 17, 2, 21];

describe("TextGradients", () => {
  it.each(["gate", "up", "down"] as const)("are what a small step of a weight changes: %s", async (projection) => {
    const name = projectionName(1, projection);
    const gradients = await TextGradients.create(model, { matrices: [name] }, options);
    const [gradient] = await gradients.of(text);
    const [matrix] = gradients.matrices;
    await gradients.close();

    const largest = gradient!.reduce((best, g, i) => (Math.abs(g) > Math.abs(gradient![best]!) ? i : best), 0);
    const lossAt = async (step: number) => {
      const moved = weights.get(name)!.slice();
      moved[largest]! += step;
      const stepped = { architecture, weights: new Map([...weights, [name, moved]]) };
      return (await textLoss(stepped, [text], options)).nats;
    };
    expect(matrix).toEqual({ name, rows: projection === "down" ? 16 : 32, columns: projection === "down" ? 32 : 16 });
    expect((await lossAt(0.01)) - (await lossAt(-0.01))).toBeCloseTo(0.02 * gradient![largest]!, 3);
  });

  it("add up over a text's tokens", async () => {
    const gradients = await TextGradients.create(model, { matrices: [projectionName(1, "down")] }, options);
    const [all] = await gradients.of(text);
    const [tail] = await gradients.of(text, 4);
    const [head] = await gradients.of(text.slice(0, 4));
    await gradients.close();

    all!.forEach((g, i) => {
      expect(head![i]! + tail![i]!).toBeCloseTo(g, 4);
    });
  });

  it("are of an adapter's factors, whose A has none while B is zero", async () => {
    const adapter = initialAdapter(architecture, { rank: 2, alpha: 4, projections: ["down"] }, 1);
    const gradients = await TextGradients.create(model, { adapter }, options);
    const found = await gradients.of(text);
    await gradients.close();

    const names = gradients.matrices.map(({ name }) => name.slice(-2));
    expect(names).toEqual([".a", ".b", ".a", ".b"]);
    expect(found.map((gradient) => gradient.some((g) => g !== 0))).toEqual([false, true, false, true]);
  });

  it("refuses what is too long, and what is not finite", async () => {
    const name = projectionName(1, "down");
    const gradients = await TextGradients.create(model, { matrices: [name] }, options);
    await expect(gradients.of(Array(17).fill(1))).rejects.toMatchObject({ code: "record_too_long" });
    await gradients.close();

    const broken = new Map([...weights, [name, weights.get(name)!.map(() => Number.NaN)]]);
    const none = await TextGradients.create({ architecture, weights: broken }, { matrices: [name] }, options);
    await expect(none.of(text)).rejects.toMatchObject({ code: "not_finite" });
    await none.close();
  });
});
