import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { GraphBuilder, type Value } from "../../../onnx/graph.js";
import {
  quotient as referenceQuotient,
  floorRoot as referenceRoot,
  shifted as referenceShifted,
} from "../../reference/integer/arithmetic.js";
import { tinyProgram } from "../../testing/tinyProgram.js";
import { codesOf } from "../codes/codesOf.js";
import { Lowering } from "../Lowering.js";
import { floorRoot, nearest, quotient, shifted } from "./integerNodes.js";

/** A graph for a device whose quotients and roots are off by a part of themselves. */
class RoughGraph extends GraphBuilder {
  constructor(private readonly part: number) {
    super("rough", { float: "float64" });
  }

  override div(a: Value, b: Value): Value {
    return this.mul(super.div(a, b), this.scalar(1 + this.part));
  }

  override sqrt(x: Value): Value {
    return this.mul(super.sqrt(x), this.scalar(1 + this.part));
  }
}

/** Exact, and off in the last place of binary64, in both directions. */
const PARTS = [0, 2 ** -52, -(2 ** -53)] as const;

async function run(
  part: number,
  inputs: readonly (readonly number[])[],
  emit: (lowering: Lowering, values: readonly Value[]) => Value,
): Promise<number[]> {
  const graph = new RoughGraph(part);
  const forms = { codes: codesOf("u8s8"), grids: "table" } as const;
  const lowering = new Lowering(graph, tinyProgram({ arithmetic: "integer" }), forms, () => false);
  const values = inputs.map((_, i) => graph.input(`input.${i}`, "float64", ["R"]));
  graph.output("result", emit(lowering, values));
  const session = await InferenceSession.create(graph.build(), { graphOptimizationLevel: "disabled" });
  const feeds = inputs.map((input, i) => [
    `input.${i}`,
    new Tensor("float64", Float64Array.from(input), [input.length]),
  ]);
  const { result } = await session.run(Object.fromEntries(feeds));
  await session.release();
  return Array.from(result!.data as Float64Array, (element) => element + 0);
}

const DIVISORS = [1, 2, 3, 7, 127, 2 ** 15 + 1, 2 ** 20 - 1, 2 ** 31 - 1];
/** Multiples of divisors and what is one beside, up to 2^52. */
const QUOTIENTS = DIVISORS.flatMap((b) =>
  [0, 1, 2, 1000, 2 ** 21 - 1, Math.floor((2 ** 52 - 2) / b)].flatMap((q) =>
    [-1, 0, 1].map((beside) => ({ a: q * b + beside, b })),
  ),
).filter(({ a }) => Math.abs(a) < 2 ** 52);

describe.each(PARTS)("on a device whose quotients and roots are off by %d of themselves", (part) => {
  test("quotients are their floors", async () => {
    const [a, b] = [QUOTIENTS.map((one) => one.a), QUOTIENTS.map((one) => one.b)];
    const found = await run(part, [a, b], (lowering, [x, y]) => quotient(lowering, x!, y!));
    expect(found).toEqual(QUOTIENTS.map((one) => referenceQuotient(one.a, one.b)));
  });

  test("roots are their floors", async () => {
    const roots = [1, 2, 3, 1000, 2 ** 20 + 1, 2 ** 25 + 12_345, 2 ** 26 - 1];
    const squares = [0, ...roots.flatMap((root) => [root ** 2 - 1, root ** 2, root ** 2 + 2 * root])];
    const found = await run(part, [squares], (lowering, [n]) => floorRoot(lowering, n!));
    expect(found).toEqual(squares.map(referenceRoot));
  });

  test("steps are those nearest, half up", async () => {
    for (const levels of [127, 255, 127 * 128]) {
      const cases = [1, 2, 254, 510, 32_512, 2 ** 24 - 1, 2 ** 31 - 1].flatMap((s) => {
        const halves = [0, 1, 63, levels - 1, levels].map((q) => Math.floor(((2 * q + 1) * s) / (2 * levels)));
        return [...halves, ...halves.map((x) => x + 1), s, s - 1].flatMap((x) => [
          { x, s },
          { x: -x, s },
        ]);
      });
      const within = cases.filter(({ x, s }) => Math.abs(x) <= s);
      const inputs = [within.map(({ x }) => x), within.map(({ s }) => s)];
      const found = await run(part, inputs, (lowering, [x, s]) =>
        nearest(lowering, lowering.reshape(x!, ["R", 1]), s!, levels),
      );
      expect(found).toEqual(within.map(({ x, s }) => referenceQuotient(2 * levels * x + s, 2 * s)));
    }
  });
});

test.each([1, 7, 52, 0, -3])("shifts of %d round half up", async (bits) => {
  const half = 2 ** Math.max(0, bits - 1);
  const all = [0, 1, half - 1, half, half + 1, 3 * half, 2 ** 49 - 1, 2 ** 52 - 1].flatMap((p) => [p, -p]);
  const held = all.filter((p) => Math.abs(p) * 2 ** -Math.min(0, bits) < 2 ** 52);
  const found = await run(0, [held], (lowering, [p]) => shifted(lowering, p!, bits));
  expect(found).toEqual(held.map((p) => referenceShifted(p, bits) + 0));
});
