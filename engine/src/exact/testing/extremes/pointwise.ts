import { floatToHex } from "../rowHex.js";
import { above, below, GREATEST, halves, LEAST, LEAST_NORMAL, noise, range, ULP, withSigns } from "./values.js";
import { fixed, integers, type VectorDraft } from "./vectorOf.js";

const cubics: VectorDraft[] = [
  { a: 0.07135481, b: 1.5957691 },
  { a: 1, b: 0 },
].map(({ a, b }) => ({
  name: `a ${a}, b ${b}: squares that vanish, subnormals, zeros`,
  op: { kind: "cubic", x: 0, a: floatToHex(a), b: floatToHex(b) },
  inputs: [
    fixed("f32", [
      ...withSigns([0, LEAST, LEAST_NORMAL, 2 ** -75, 3 * 2 ** -75, 2 ** -63, 1, 1 + ULP, 8.5, 2 ** 40]),
      ...noise(31, 40, 6),
    ]),
  ],
}));

const SIGMOIDS = integers(range(101).map((t) => Math.round(1017 / (1 + Math.exp((50 - t) / 8)))));
const WIDE_SIGMOIDS = integers(range(1201).map((t) => 2 ** 24 - 1 - t));

function sigmoid(name: string, gridBits: number, half: number, table: typeof SIGMOIDS): VectorDraft {
  const step = 2 ** -gridBits;
  const grid = [0, 1, 2, half - 2, half - 1, half, half + 1].flatMap((t) => {
    const tie = (t + 0.5) * step;
    return [t * step, tie, below(tie), above(tie)];
  });
  // Beyond ±2^(22 − gridBits), x + C leaves the range where it rounds to the grid.
  const edges = [21, 22, 23, 24].map((power) => 2 ** (power - gridBits)).flatMap((x) => [below(x), x, above(x)]);
  const x = withSigns([...grid, ...edges, LEAST, LEAST_NORMAL, 1e30, GREATEST]);
  return {
    name,
    op: { kind: "sigmoid", x: 0, width: x.length, table: "t", gridBits },
    inputs: [fixed("f32", [...x, 7, 7, 7])],
    tables: { t: table },
  };
}

const sigmoids: VectorDraft[] = [
  sigmoid("ties, the table's ends and beyond, the grid's ends, steps of 1/64", 6, 50, SIGMOIDS),
  sigmoid("steps of 1/1024, results up to 2^24 − 1", 10, 600, WIDE_SIGMOIDS),
  sigmoid("steps of 1", 0, 50, SIGMOIDS),
];

const FACTORS = withSigns([0, LEAST, 1 + ULP, 1 + 3 * ULP, Math.fround(1 / 3), 2 ** 100, LEAST_NORMAL]);
const SIGMA = [0, 1, 3, 1017, 508, 509, 2 ** 24 - 1];
const PRODUCTS = SIGMA.flatMap((sigma) => FACTORS.map((x) => ({ x, sigma })));

const products: VectorDraft[] = [
  {
    name: "zeros of both signs, ties, subnormals",
    op: { kind: "activate", x: 0, sigmoid: 1 },
    inputs: [
      fixed(
        "f32",
        PRODUCTS.map(({ x }) => x),
      ),
      fixed(
        "i32",
        PRODUCTS.map(({ sigma }) => sigma),
      ),
    ],
  },
  ...[-0, 1 + ULP, 2 ** -30].map((up) => ({
    name: `zeros of both signs, ties, subnormals, times ${Object.is(up, -0) ? "−0" : up}`,
    op: { kind: "gate", x: 0, sigmoid: 1 } as const,
    inputs: [
      fixed("f32", [...PRODUCTS.map(({ x }) => x), ...PRODUCTS.map(() => up)]),
      fixed(
        "i32",
        PRODUCTS.map(({ sigma }) => sigma),
      ),
    ],
  })),
];

const logits: VectorDraft[] = [
  {
    name: "halves to even, saturation, zeros",
    op: { kind: "integerLogits", x: 0 },
    inputs: [
      fixed("f32", [
        ...halves(2 ** 20 - 1).map((x) => x / 4096),
        ...withSigns([2048, below(2048), above(2048), 2047.9998, 1e30, GREATEST / 4096, 0, LEAST, 512 + 2 ** -14]),
      ]),
    ],
  },
];

const bits: VectorDraft[] = [
  {
    name: "zeros of both signs are not positive, the least number is",
    op: { kind: "signBits", x: 0 },
    inputs: [fixed("f32", [0, -0, LEAST, -LEAST, 1, -1, GREATEST, -GREATEST, ...noise(41, 112), ...Array(8).fill(1)])],
  },
];

export const pointwiseVectors: readonly VectorDraft[] = [...cubics, ...sigmoids, ...products, ...logits, ...bits];
