import { filled, noisyDigits, range } from "../values.js";
import { fixed, floats, type MatrixDraft, matrix, type VectorDraft } from "../vectorOf.js";
import { CONSTANT, integerDraft, NUMBER, numbers } from "./integerDraft.js";

interface LinearDraft extends MatrixDraft {
  readonly name: string;
  /** Rows of digits, high first. */
  readonly q: readonly (readonly number[])[];
  readonly scale: number;
  readonly bias?: readonly number[];
  readonly shift: number;
  readonly scaleShift: number;
}

function linear({ name, q, scale, bias, shift, scaleShift, ...weights }: LinearDraft): VectorDraft {
  return integerDraft({
    name,
    kind: "linear",
    op: { q: range(q.length), scale: q.length, weights: "w", ...(bias === undefined ? {} : { bias: "b" }) },
    shifts: { shift, scaleShift },
    inputs: [...q.map((digits) => fixed("i8", digits)), numbers([scale])],
    tables: { w: matrix(weights), ...(bias === undefined ? {} : { b: floats(1, bias) }) },
  });
}

const alternating = (length: number) => range(length).map((i) => (i % 2 === 0 ? 127 : -127));

const lengths = [1, 2, 1023, 1024, 1025, 1040, 1041, 2100].map((length) =>
  linear({
    name: `K = ${length}, all ±127`,
    q: [filled(length, 127)],
    high: [filled(length, 127), filled(length, -127), alternating(length), [...filled(length - 1, 127), 1]],
    scales: [2 ** 15, 2 ** 15, 3, 2 ** 14 + 1],
    scale: 2 ** 20 + 1,
    shift: 19,
    scaleShift: 20,
  }),
);

/** To the last bit: above 2^24 binary32 has no odd sums, above 2^25 none that are twice an odd number. */
const odd = [1042, 1045, 2100].map((length) =>
  linear({
    name: `K = ${length}, sums above 2^24 to the last bit`,
    q: [[...filled(length - 1, 127), 1]],
    high: [1, 2, 3, 5, -1, -2, -3, -5].map((last) => [...filled(length - 1, last < 0 ? -127 : 127), last]),
    scales: filled(8, 1),
    scale: 1,
    shift: 0,
    scaleShift: 0,
  }),
);

const halves = linear({
  name: "halves up before and after the scale, both signs",
  q: [[1, 0, -1]],
  high: [1, -1, 2, -2, 3, -3, 5, -5].map((w) => [w, 9, 0]),
  scales: [1, 1, 1, 1, 1, 1, 3, 3],
  scale: 1,
  shift: 1,
  scaleShift: 1,
});

const negative = linear({
  name: "negative shifts, a multiplier of nothing",
  q: [[127, -127, 1]],
  high: [
    [127, -127, 0],
    [0, 0, 1],
    [-1, 0, 0],
    [127, -127, 127],
  ],
  scales: [3, 1, 7, 0],
  scale: 5,
  shift: -2,
  scaleShift: -3,
});

const ends = linear({
  name: "sums, multipliers and scales whose products end below 2^52",
  q: [filled(1040, 127)],
  high: [filled(1040, 127), filled(1040, -127), filled(1040, 1), filled(1040, 0)],
  scales: [CONSTANT, CONSTANT, CONSTANT, CONSTANT],
  scale: NUMBER,
  shift: 28,
  scaleShift: 21,
  bias: [CONSTANT, -CONSTANT, 1, -1],
});

const LOWS = [64, -64, 64, -64, 0, 1, -1, 64];
const HIGHS = [127, -127, 126, -126, 0, 127, -127, 1];

const digits = ([1, 2] as const).flatMap((first) =>
  ([1, 2] as const).flatMap((second) => [
    linear({
      name: `${first} by ${second} digits at their ends`,
      q: [HIGHS, LOWS].slice(0, first),
      high: range(8).map((n) => HIGHS.map((_, i) => HIGHS[(i + n) % 8]!)),
      ...(second === 1 ? {} : { low: range(8).map((n) => LOWS.map((_, i) => LOWS[(i + 3 * n) % 8]!)) }),
      scales: range(8).map((n) => 2 ** 14 + 1000 * n),
      scale: 123_457,
      shift: 13,
      scaleShift: 17,
      bias: noisyDigits(5, 8).map((digit) => 1000 * digit),
    }),
    linear({
      name: `${first} by ${second} digits, K = 1,025, all at their ends`,
      q: [filled(1025, 127), filled(1025, 64)].slice(0, first),
      high: [filled(1025, 127), filled(1025, -127)],
      ...(second === 1 ? {} : { low: [filled(1025, -64), filled(1025, 64)] }),
      scales: [2 ** 15, 2 ** 15 - 1],
      scale: 2 ** 20 - 3,
      shift: 22,
      scaleShift: 16,
    }),
    linear({
      name: `${first} by ${second} digits, K = 200, noise`,
      q: [noisyDigits(1, 200), noisyDigits(2, 200, 64)].slice(0, first),
      high: range(6).map((n) => noisyDigits(10 + n, 200)),
      ...(second === 1 ? {} : { low: range(6).map((n) => noisyDigits(20 + n, 200, 64)) }),
      scales: range(6).map((n) => 2 ** 14 + 77 * n),
      scale: 34_567,
      shift: 9,
      scaleShift: 18,
    }),
  ]),
);

/** Products of low digits alone decide the half: 64, 63 and −64 of 128. */
const lows = linear({
  name: "halves of the product of low digits",
  q: [
    [0, 0, 0],
    [1, 8, -8],
  ],
  high: [
    [0, 0, 0],
    [0, 0, 0],
    [0, 0, 0],
    [0, 0, 0],
  ],
  low: [
    [0, 8, 0],
    [-1, 8, 0],
    [0, 0, 8],
    [-1, 0, 8],
  ],
  scales: [1, 1, 1, 1],
  scale: 1,
  shift: 0,
  scaleShift: 0,
});

export const integerLinearVectors: readonly VectorDraft[] = [
  ...lengths,
  ...odd,
  halves,
  negative,
  ends,
  ...digits,
  lows,
];
