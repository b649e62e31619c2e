import { SCALE_GUARD } from "../../program/Op.js";
import { floatToHex } from "../rowHex.js";
import {
  above,
  below,
  filled,
  GREATEST,
  halves,
  LEAST,
  LEAST_NORMAL,
  noise,
  noisyDigits,
  range,
  ULP,
  withSigns,
} from "./values.js";
import { fixed, floats, keyed, matrix, type VectorDraft } from "./vectorOf.js";

const TINY_SCALE = Math.fround(SCALE_GUARD / 127);

const embeddings: VectorDraft[] = [
  {
    name: "one digit, ties to even both ways",
    op: { kind: "embed", table: "t" },
    token: 1,
    tables: {
      t: matrix({ high: [filled(6, 1), [0, 3, -3, 127, -127, 1]], scales: [1, 1 + ULP] }),
    },
  },
  {
    name: "ties the other way",
    op: { kind: "embed", table: "t" },
    token: 0,
    tables: { t: matrix({ high: [[3, -3, 5, 127]], scales: [1 + 3 * ULP] }) },
  },
  {
    name: "two digits at their ends",
    op: { kind: "embed", table: "t" },
    token: 2,
    tables: {
      t: matrix({
        high: [filled(8, 0), filled(8, 0), [127, -127, 127, -127, 0, 0, 1, 126]],
        low: [filled(8, 0), filled(8, 0), [0, 0, -64, 64, 64, -65, -64, 65]],
        scales: [1, 1, Math.fround(0.1)],
      }),
    },
  },
  {
    name: "subnormal products",
    op: { kind: "embed", table: "t" },
    token: 0,
    tables: { t: matrix({ high: [[1, -1, 127, 0]], low: [[1, 63, -64, 0]], scales: [384 * LEAST] }) },
  },
];

const ADDENDS: readonly (readonly [number, number])[] = [
  [0, -0],
  [-0, -0],
  [2 ** 24, 1],
  [2 ** 24 + 2, 1],
  [-(2 ** 24), -1],
  [-(2 ** 24) - 2, -1],
  [1, 2 ** -24],
  [1 + ULP, 2 ** -24],
  [1, above(2 ** -24)],
  [1, -(2 ** -25)],
  [1, -(2 ** -24)],
  [1.5, -1.5],
  [LEAST_NORMAL, -LEAST],
  [LEAST, LEAST],
  [LEAST, -LEAST],
  [GREATEST, -GREATEST],
  [GREATEST, 2 ** 102],
  [2 ** 127, below(below(2 ** 127))],
  [1, LEAST],
  [-GREATEST, LEAST],
];

const sums: VectorDraft[] = [
  {
    name: "ties, zeros, subnormals and the greatest",
    op: { kind: "add", x: 0, y: 1 },
    inputs: [
      fixed(
        "f32",
        ADDENDS.map(([x]) => x),
      ),
      fixed(
        "f32",
        ADDENDS.map(([, y]) => y),
      ),
    ],
  },
  {
    name: "noise",
    op: { kind: "add", x: 0, y: 1 },
    inputs: [fixed("f32", noise(1, 64)), fixed("f32", noise(2, 64, 100))],
  },
  {
    name: "the row of the position",
    op: { kind: "addPosition", x: 0, table: "t" },
    position: 2,
    inputs: [
      fixed(
        "f32",
        ADDENDS.map(([x]) => x),
      ),
    ],
    tables: { t: floats(4, [...filled(40, 9), ...ADDENDS.map(([, y]) => y), ...filled(20, 9)]) },
  },
];

const CHANNELS: readonly (readonly [number, number])[] = [
  [1, 1],
  [-0, 2],
  [0, 0.5],
  [1 + ULP, 2 ** -127],
  [1 + 3 * ULP, 2 ** -127],
  [-(1 + ULP), 2 ** -127],
  [LEAST, 0.5],
  [3 * LEAST, 0.5],
  [LEAST, 2 ** 20],
  [GREATEST, 0.5],
  [below(2 ** 100), 2 ** 27],
];

const channels: VectorDraft[] = [
  {
    name: "subnormal results half to even",
    op: { kind: "multiplyChannels", x: 0, vector: "v" },
    inputs: [
      fixed(
        "f32",
        CHANNELS.map(([x]) => x),
      ),
    ],
    tables: {
      v: floats(
        1,
        CHANNELS.map(([, v]) => v),
      ),
    },
  },
];

const MAXIMA = [
  0,
  -0,
  SCALE_GUARD,
  below(SCALE_GUARD),
  above(SCALE_GUARD),
  LEAST,
  1,
  127,
  Math.fround(0.1),
  -GREATEST,
  -255,
  3,
];

const scales: VectorDraft[] = [
  ...[127, 255, 1, 90].map((levels) => ({
    name: `rows of zeros, at the guard and the greatest, ${levels} levels`,
    op: { kind: "rowScale", x: 0, groups: MAXIMA.length, levels } as const,
    inputs: [
      fixed(
        "f32",
        MAXIMA.flatMap((max) => [0, max, -0, LEAST * 0, max / -2]),
      ),
    ],
  })),
  {
    name: "one group of 1,025",
    op: { kind: "rowScale", x: 0, groups: 1, levels: 127 },
    inputs: [fixed("f32", [...noise(3, 1024), -1.5])],
  },
  {
    name: "limits that saturate, that do not, and at the maximum",
    op: { kind: "rowScale", x: 0, groups: 4, levels: 127, limit: "l" },
    inputs: [fixed("f32", [3, -5, 3, -5, 3, -5, 0, -0])],
    tables: { l: floats(1, [4, 5, 2 ** 60, 4]) },
  },
  {
    name: "one key",
    op: { kind: "rowScale", x: 0, groups: 2, levels: 255 },
    inputs: [keyed("f32", null, [[956 * 0.25], [-0]])],
  },
  {
    name: "many keys",
    op: { kind: "rowScale", x: 0, groups: 2, levels: 255 },
    position: 299,
    inputs: [keyed("f32", null, [noise(4, 300).map(Math.abs), noise(5, 300).map(Math.abs)])],
  },
];

// With a scale of 1 every half is a tie; with others the quotient is what rounds.
const ROUNDED = [...halves(126), 127, -127, 128, -128, 1e9, -1e30, LEAST, -0];
const QUOTIENTS = [TINY_SCALE, Math.fround(1 / 127), Math.fround(GREATEST / 128), 3, LEAST_NORMAL].map((scale) => ({
  scale,
  row: withSigns([0.5, 1.5, 63.5, 126.5, 127].map((n) => Math.fround(n * scale))).flatMap((x) => [
    x,
    x === 0 ? x : below(x),
  ]),
}));

const quantisers: VectorDraft[] = (["quantize", "quantizeUnsigned"] as const).flatMap((kind) => [
  {
    name: "halves to even, saturation, zeros",
    op: { kind, x: 0, scale: 1 },
    inputs: [fixed("f32", [...ROUNDED, ...halves(255)]), fixed("f32", [1])],
  },
  {
    name: "quotients that round, the least and greatest scales",
    op: { kind, x: 0, scale: 1 },
    inputs: [
      fixed(
        "f32",
        QUOTIENTS.flatMap(({ row }) => row),
      ),
      fixed(
        "f32",
        QUOTIENTS.map(({ scale }) => scale),
      ),
    ],
  },
  {
    name: "noise by heads and keys",
    op: { kind, x: 0, scale: 1 },
    position: 20,
    inputs: [
      keyed(
        "f32",
        17,
        range(3).map((head) => noise(6 + head, 17, 300)),
      ),
      fixed("f32", [1, 0.7, 2.4].map(Math.fround)),
    ],
  },
]);

function rest(name: string, cases: readonly (readonly [number, number])[], scale: number): VectorDraft {
  return {
    name,
    op: { kind: "quantizeRest", x: 0, scale: 1, high: 2 },
    inputs: [
      fixed(
        "f32",
        cases.map(([x]) => Math.fround(x * scale)),
      ),
      fixed("f32", [Math.fround(scale)]),
      fixed(
        "i8",
        cases.map(([, high]) => high),
      ),
    ],
  };
}

const LOW: readonly (readonly [number, number])[] = [
  [0.5, 0],
  [-0.5, 0],
  [1.5, 2],
  [126.5, 126],
  [-126.5, -126],
  [3 + 65 / 128, 3],
  [-3 - 65 / 128, -3],
  [3 + 64.5 / 128, 3],
  [3 + 63.5 / 128, 3],
  [1 / 256, 0],
  [3 / 256, 0],
  [-1 / 256, 0],
  [127, 127],
  [200, 127],
  [-200, -127],
  [0, 0],
  [-0, 0],
];

const rests: VectorDraft[] = [
  rest("low digits at ±64 and ±65, halves, saturated highs", LOW, 1),
  rest("the least scale", LOW, TINY_SCALE),
  rest("a scale whose products round", LOW, 1 / 3),
  rest("a great scale", LOW, 2 ** 119),
  rest(
    "noise",
    noise(9, 64, 127).map((x) => [x, Math.round(x)] as const),
    0.123,
  ),
];

// 2^24 − 1 = 1,040 · 127² + 55² + 5² + 2² + 1².
const FULL = [...filled(1040, 127), 55, -5, 2, 1];

const squares: VectorDraft[] = [
  { name: "2^24 − 1", op: { kind: "sumSquares", q: 0, groups: 1 }, inputs: [fixed("i8", FULL)] },
  { name: "1,024 of −127", op: { kind: "sumSquares", q: 0, groups: 1 }, inputs: [fixed("i8", filled(1024, -127))] },
  {
    name: "groups, one of zeros",
    op: { kind: "sumSquares", q: 0, groups: 4 },
    inputs: [fixed("i8", [...filled(16, 0), ...filled(16, 1), ...filled(16, -127), ...noisyDigits(1, 16)])],
  },
];

const FACTORS: readonly (readonly [number, number, number])[] = [
  [0, TINY_SCALE, TINY_SCALE],
  [0, 1, 1],
  [2 ** 24 - 1, TINY_SCALE, TINY_SCALE],
  [2 ** 24 - 1, 1, 1],
  [2 ** 24 - 1, Math.fround(GREATEST ** 0.5 / 4096), 2 ** 100],
  [1, 2 ** -70, 2 ** -70],
  [3, 2 ** -75, 1],
  [1, 2 ** -10, LEAST_NORMAL],
  [16129, Math.fround(1 / 127), Math.fround(1 / 127)],
  [123_456, Math.fround(0.0123), Math.fround(0.0321)],
  [1, 1, 2 ** -149],
];

const factors: VectorDraft[] = [
  ...[1e-5, 8e-6, 1, LEAST].map((epsilon) => ({
    name: `by a scale, epsilon ${epsilon}`,
    op: { kind: "normScale", squares: 0, squaresScale: 1, epsilon: floatToHex(epsilon), by: { scale: 2 } } as const,
    inputs: factorInputs(FACTORS),
  })),
  {
    name: "by a number",
    op: {
      kind: "normScale",
      squares: 0,
      squaresScale: 1,
      epsilon: floatToHex(64e-6),
      by: { numerator: floatToHex(Math.sqrt(63)) },
    },
    inputs: factorInputs(FACTORS).slice(0, 2),
  },
];

function factorInputs(cases: typeof FACTORS) {
  const column = (i: 0 | 1 | 2) => cases.map((row) => row[i]);
  return [fixed("i32", column(0)), fixed("f32", column(1)), fixed("f32", column(2))];
}

const HEADS = [0, -0, LEAST, -LEAST, 1 + ULP, 3, -1 - ULP, 2 ** 100];

const heads: VectorDraft[] = [
  {
    name: "heads after the first as they are, zeros too",
    op: { kind: "normHeads", x: 0, scale: 1, vector: "w" },
    inputs: [fixed("f32", [...HEADS, ...HEADS, ...HEADS]), fixed("f32", [1 + ULP, Math.fround(1 / 3), 9, 9, 9, 9])],
    tables: { w: floats(2, [1, 1, 3, 0.5, 1 + ULP, -1, 0, 2 ** -100, ...noise(7, 8)]) },
  },
];

export const rowVectors: readonly VectorDraft[] = [
  ...embeddings,
  ...sums,
  ...channels,
  ...scales,
  ...quantisers,
  ...rests,
  ...squares,
  ...factors,
  ...heads,
];
