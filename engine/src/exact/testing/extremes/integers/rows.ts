import { floatToHex } from "../../rowHex.js";
import { filled, noise, noisyDigits, range, withSigns } from "../values.js";
import { fixed, floats, integers, matrix, type VectorDraft } from "../vectorOf.js";
import { CONSTANT, integerDraft, keyedNumbers, NUMBER, numbers } from "./integerDraft.js";

/** Integers of ordinary size. */
export function noisyNumbers(seed: number, length: number, size: number): number[] {
  return noise(seed, length, size).map(Math.round);
}

const embeddings: VectorDraft[] = [
  integerDraft({
    name: "halves up, both signs",
    kind: "embed",
    op: { table: "t" },
    shifts: { shift: 1 },
    token: 1,
    tables: { t: matrix({ high: [filled(7, 9), [0, 1, -1, 3, -3, 127, -127]], scales: [5, 1] }) },
  }),
  integerDraft({
    name: "two digits at their ends, the greatest multiplier",
    kind: "embed",
    op: { table: "t" },
    shifts: { shift: 8 },
    token: 2,
    tables: {
      t: matrix({
        high: [filled(8, 0), filled(8, 0), [127, -127, 127, -127, 0, 0, 1, 126]],
        low: [filled(8, 0), filled(8, 0), [0, 0, -64, 64, 64, -65, -64, 65]],
        scales: [1, 1, CONSTANT],
      }),
    },
  }),
  ...[0, -4].map((shift) =>
    integerDraft({
      name: `a shift of ${shift}, up to where numbers end`,
      kind: "embed",
      op: { table: "t" },
      shifts: { shift },
      token: 0,
      tables: { t: matrix({ high: [[127, -127, 1, 0]], scales: [shift === 0 ? CONSTANT : 2 ** 20] }) },
    }),
  ),
];

/** Numbers that binary32 holds, so that an embedding of one token may be any of them. */
const ADDENDS: readonly (readonly [number, number])[] = [
  [NUMBER - CONSTANT, CONSTANT],
  [-NUMBER + CONSTANT, -CONSTANT],
  [2 ** 31 - 128, 127],
  [128 - 2 ** 31, -127],
  [2 ** 30, -CONSTANT],
  [-5, 5],
];
const [AUGENDS, CONSTANTS] = [ADDENDS.map(([x]) => x), ADDENDS.map(([, y]) => y)];

const sums: VectorDraft[] = [
  integerDraft({
    name: "numbers' ends",
    kind: "add",
    op: { x: 0, y: 1 },
    shifts: {},
    inputs: [numbers([NUMBER, -NUMBER, 2 ** 30, 1, 0]), numbers([0, 0, 2 ** 30 - 1, -NUMBER, 0])],
  }),
  integerDraft({
    name: "the row of the position",
    kind: "addPosition",
    op: { x: 0, table: "t" },
    shifts: {},
    position: 2,
    inputs: [numbers(AUGENDS)],
    tables: { t: floats(4, [...filled(12, 9), ...CONSTANTS, ...filled(6, 9)]) },
  }),
];

const CHANNELS = [1, 2, 2 ** 10, 2 ** 20, 2 ** 20, 1, 1];

const channels: VectorDraft[] = [1, 20, 0, -3].map((shift) =>
  integerDraft({
    name: `a shift of ${shift}`,
    kind: "multiplyChannels",
    op: { x: 0, vector: "v" },
    shifts: { shift },
    inputs: [
      numbers(
        shift === 20
          ? [2 ** 19, -(2 ** 18), 513, NUMBER, -NUMBER, 2 ** 19 - 1, -(2 ** 19)]
          : [1, -1, 3, -100, 100, -3, shift === 1 ? NUMBER : 2 ** 27],
      ),
    ],
    tables: { v: floats(1, CHANNELS) },
  }),
);

const scales: VectorDraft[] = [
  integerDraft({
    name: "rows of zeros, numbers' ends, the last element",
    kind: "rowScale",
    op: { x: 0, groups: 5 },
    shifts: {},
    inputs: [numbers([0, 0, 0, NUMBER, -5, 1, -NUMBER, 5, 1, 1, -1, 0, 3, -4, 5])],
  }),
  integerDraft({
    name: "one group of 1,025",
    kind: "rowScale",
    op: { x: 0, groups: 1 },
    shifts: {},
    inputs: [numbers([...noisyNumbers(3, 1024, 2 ** 28), -(2 ** 29)])],
  }),
  integerDraft({
    name: "a group of 2,000, in several leaves",
    kind: "rowScale",
    op: { x: 0, groups: 1 },
    shifts: {},
    inputs: [numbers([...noisyNumbers(8, 1999, 2 ** 20), 2 ** 21])],
  }),
  integerDraft({
    name: "one key",
    kind: "rowScale",
    op: { x: 0, groups: 2 },
    shifts: {},
    inputs: [keyedNumbers(null, [[956], [0]])],
  }),
  integerDraft({
    name: "many keys",
    kind: "rowScale",
    op: { x: 0, groups: 2 },
    shifts: {},
    position: 299,
    inputs: [
      keyedNumbers(
        null,
        [4, 5].map((seed) => noisyNumbers(seed, 300, NUMBER).map(Math.abs)),
      ),
    ],
  }),
];

/** Greatest magnitudes: small ones, those of ties, of numbers whose double is a power of two, and the ends. */
const MAXIMA = [1, 2, 3, 127, 128, 254, 255, 510, 2 ** 15 + 1, 2 ** 24 - 1, 2 ** 30, NUMBER];

/** Where levels · x / s passes a half, and the integers beside: quotients that are whole, and one short of it. */
function besideHalves(s: number, levels: number, sign: "signed" | "unsigned"): number[] {
  const steps = [0, 1, 2, Math.floor(levels / 2), levels - 1, levels];
  const near = steps.flatMap((step) => {
    const at = Math.floor(((2 * step - 1) * s) / (2 * levels));
    return [at - 1, at, at + 1, at + 2];
  });
  const within = near.filter((x) => x >= 0 && x <= s);
  const row = [...within, s, 0];
  while (row.length < 26) row.push(Math.max(s - row.length, 0));
  return sign === "signed"
    ? row.map((x, i) => (i % 2 === 0 ? x : -x)).concat(row.map((x, i) => (i % 2 === 0 ? -x : x)))
    : row;
}

const quantisers: VectorDraft[] = (["quantize", "quantizeUnsigned"] as const).flatMap((kind) => {
  const [levels, sign] = kind === "quantize" ? ([127, "signed"] as const) : ([255, "unsigned"] as const);
  const heads = range(3).map((head) => noisyNumbers(6 + head, 17, 2 ** (10 * head)));
  const held = kind === "quantize" ? heads : heads.map((head) => head.map(Math.abs));
  return [
    integerDraft({
      name: "halves and quotients one short of an integer, for the least and greatest scales",
      kind,
      op: { x: 0, scale: 1 },
      shifts: {},
      inputs: [numbers(MAXIMA.flatMap((s) => besideHalves(s, levels, sign))), numbers(MAXIMA)],
    }),
    integerDraft({
      name: "noise by heads and keys",
      kind,
      op: { x: 0, scale: 1 },
      shifts: {},
      position: 20,
      inputs: [keyedNumbers(17, held), numbers([1, 2 ** 10, 2 ** 20])],
    }),
  ];
});

const PAIRS = MAXIMA.map((s) => ({ s, row: besideHalves(s, 127 * 128, "signed") }));
const highOf = (x: number, s: number) => Math.floor((254 * x + s) / (2 * s));

const rests: VectorDraft[] = [
  integerDraft({
    name: "halves of 128ths, and of the high digit, for the least and greatest scales",
    kind: "quantizeRest",
    op: { x: 0, scale: 1, high: 2 },
    shifts: {},
    inputs: [
      numbers(PAIRS.flatMap(({ row }) => row)),
      numbers(MAXIMA),
      fixed(
        "i8",
        PAIRS.flatMap(({ s, row }) => row.map((x) => highOf(x, s))),
      ),
    ],
  }),
  integerDraft({
    name: "low digits at ±64",
    kind: "quantizeRest",
    op: { x: 0, scale: 1, high: 2 },
    shifts: {},
    inputs: [
      numbers([...MAXIMA, ...MAXIMA].flatMap((s) => besideHalves(s, 127, "signed"))),
      numbers([...MAXIMA, ...MAXIMA]),
      fixed(
        "i8",
        [...MAXIMA, ...MAXIMA].flatMap((s) => besideHalves(s, 127, "signed").map((x) => highOf(x, s))),
      ),
    ],
  }),
];

const squares: VectorDraft[] = [
  integerDraft({
    name: "2,100 of ±127, above 2^24",
    kind: "sumSquares",
    op: { q: 0, groups: 1 },
    shifts: {},
    inputs: [
      fixed(
        "i8",
        range(2100).map((i) => (i % 3 === 0 ? -127 : 127)),
      ),
    ],
  }),
  integerDraft({
    name: "groups, one of zeros",
    kind: "sumSquares",
    op: { q: 0, groups: 4 },
    shifts: {},
    inputs: [fixed("i8", [...filled(16, 0), ...filled(16, 1), ...filled(16, -127), ...noisyDigits(1, 16)])],
  }),
];

interface Factor {
  readonly n: number;
  readonly t: number;
  readonly a: number;
}

/** Squares and what is one short of them, beside scales that divide and do not. */
const FACTORS: readonly Factor[] = [
  { n: 0, t: 1, a: 1 },
  { n: 1, t: 1, a: 1 },
  { n: 2 ** 30 - 1, t: NUMBER, a: NUMBER },
  { n: 2 ** 30, t: NUMBER, a: 1 },
  { n: 32_767 ** 2 + 2 * 32_767, t: 3, a: 4 },
  { n: NUMBER, t: 2 ** 15, a: 2 ** 15 + 1 },
  { n: 46_340 ** 2 - 1, t: 7, a: 2 ** 20 },
  { n: 46_340 ** 2, t: 7, a: 2 ** 20 },
  { n: 16_129, t: 2 ** 20, a: 2 ** 21 - 1 },
  { n: 8, t: 1000, a: 999 },
  { n: 9, t: 1000, a: 1000 },
  { n: 10, t: 1000, a: 1001 },
];
const column = (field: keyof Factor) => numbers(FACTORS.map((factor) => factor[field]));

const factors: VectorDraft[] = [
  ...(
    [
      { squareBits: 0, rootBits: 20, epsilon: 1 },
      { squareBits: 0, rootBits: 5, epsilon: 2 ** 20 },
      { squareBits: 20, rootBits: 21, epsilon: 2 ** 50 },
      { squareBits: 17, rootBits: 20, epsilon: 4_503_599_090_499_584 },
    ] as const
  ).map(({ epsilon, ...shifts }) =>
    integerDraft({
      name: `by another scale, epsilon ${epsilon}, shifts of ${shifts.squareBits} and ${shifts.rootBits}`,
      kind: "normScale",
      op: { squares: 0, squaresScale: 1, epsilon: floatToHex(epsilon), by: { scale: 2 } },
      shifts,
      inputs: [column("n"), column("t"), column("a")],
    }),
  ),
  integerDraft({
    name: "by the scale itself",
    kind: "normScale",
    op: { squares: 0, squaresScale: 1, epsilon: floatToHex(2 ** 46), by: { scale: 1 } },
    shifts: { squareBits: 18, rootBits: 38 },
    inputs: [
      numbers(FACTORS.map(({ n }) => n)),
      numbers(FACTORS.map(({ t }, i) => (i === 0 ? 1 : Math.min(t, 2 ** 14)))),
    ],
  }),
  integerDraft({
    name: "by a number",
    kind: "normScale",
    op: { squares: 0, squaresScale: 1, epsilon: floatToHex(2 ** 44), by: { numerator: floatToHex(2 ** 16) } },
    shifts: { squareBits: 18, rootBits: 35 },
    inputs: [column("n"), column("t")],
  }),
];

const HEADS = [0, 1, -1, 2 ** 20, -(2 ** 20), 3, -3, 2 ** 21 - 1];

const heads: VectorDraft[] = [0, 10, -2].map((shift) =>
  integerDraft({
    name: `shifts of ${shift} and ${12 - shift}, heads after the first as they are`,
    kind: "normHeads",
    op: { x: 0, scale: 1, vector: "w" },
    shifts: { shift, vectorShift: 12 - shift },
    inputs: [
      numbers([...HEADS, ...HEADS, NUMBER, -NUMBER, ...HEADS.slice(2)]),
      numbers([1, 5, 2 ** 10, 1, NUMBER, NUMBER]),
    ],
    tables: { w: floats(2, [2 ** 11, -(2 ** 11), 1, -1, 2 ** 12, 3, -3, 0, ...noisyNumbers(7, 8, 2 ** 12)]) },
  }),
);

const TABLE = integers(range(101).map((t) => 2 ** 24 - 1 - 3 * t));
const AROUND = [0, 1, 2, 48, 49, 50, 51, 2 ** 10];

const sigmoids: VectorDraft[] = [6, 1, 0, -5].map((shift) => {
  const step = 2 ** Math.max(0, shift);
  const x = withSigns(AROUND.flatMap((t) => [t * step, t * step + step / 2 - 1, t * step + step / 2].map(Math.floor)));
  const row = [...x, NUMBER, -NUMBER];
  return integerDraft({
    name: `a shift of ${shift}: halves up, the table's ends and beyond`,
    kind: "sigmoid",
    op: { x: 0, width: row.length, table: "t" },
    shifts: { shift },
    inputs: [numbers([...row, 7, 7, 7])],
    tables: { t: TABLE },
  });
});

const SIGMA = [0, 1, 3, 16_383, 2 ** 15 - 2, 2 ** 20 - 1];
const GATES = withSigns([0, 1, 2 ** 14, 2 ** 15 + 1, NUMBER]);
const PRODUCTS = SIGMA.flatMap((sigma) => GATES.map((x) => ({ x, sigma })));
const [FACES, LEVELS] = [PRODUCTS.map(({ x }) => x), PRODUCTS.map(({ sigma }) => sigma)];

const products: VectorDraft[] = [
  integerDraft({
    name: "halves up, products below 2^51",
    kind: "activate",
    op: { x: 0, sigmoid: 1 },
    shifts: { shift: 20 },
    inputs: [numbers(FACES), numbers(LEVELS)],
  }),
  integerDraft({
    name: "a negative shift",
    kind: "activate",
    op: { x: 0, sigmoid: 1 },
    shifts: { shift: -4 },
    inputs: [numbers([1, -1, 1000, -1000]), numbers([1, 1, 2 ** 15, 2 ** 15])],
  }),
  ...[1, -1, NUMBER, -NUMBER, 12_345].map((up) =>
    integerDraft({
      name: `times ${up}: halves up twice`,
      kind: "gate",
      op: { x: 0, sigmoid: 1 },
      shifts: { shift: 31, upShift: 20 },
      inputs: [numbers([...FACES, ...FACES.map(() => up)]), numbers(LEVELS)],
    }),
  ),
  integerDraft({
    name: "no shift and a negative one",
    kind: "gate",
    op: { x: 0, sigmoid: 1 },
    shifts: { shift: 0, upShift: -2 },
    inputs: [numbers([1, -1, 300, 5, 3, -3, 100, 0]), numbers([1, 1, 1000, 2])],
  }),
];

const EDGE = 2 ** 23;

const logits: VectorDraft[] = [
  integerDraft({
    name: "within ±2^23 and beyond",
    kind: "integerLogits",
    op: { x: 0 },
    shifts: {},
    inputs: [numbers(withSigns([0, 1, EDGE - 1, EDGE, EDGE + 1, 2 ** 24 + 1, NUMBER]))],
  }),
];

const bits: VectorDraft[] = [
  integerDraft({
    name: "zero is not positive",
    kind: "signBits",
    op: { x: 0 },
    shifts: {},
    inputs: [numbers([0, 1, -1, NUMBER, -NUMBER, 0, 2, -2, ...noisyNumbers(41, 112, 3), ...filled(8, 1)])],
  }),
];

export const integerRowVectors: readonly VectorDraft[] = [
  ...embeddings,
  ...sums,
  ...channels,
  ...scales,
  ...quantisers,
  ...rests,
  ...squares,
  ...factors,
  ...heads,
  ...sigmoids,
  ...products,
  ...logits,
  ...bits,
];
