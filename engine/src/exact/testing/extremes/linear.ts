import { filled, noise, noisyDigits, range, ULP } from "./values.js";
import { fixed, floats, type MatrixDraft, matrix, type VectorDraft } from "./vectorOf.js";

interface LinearDraft extends MatrixDraft {
  readonly name: string;
  /** Rows of digits, high first. */
  readonly q: readonly (readonly number[])[];
  readonly scale: number;
  readonly bias?: readonly number[];
}

function linear({ name, q, scale, bias, ...weights }: LinearDraft): VectorDraft {
  return {
    name,
    op: {
      kind: "linear",
      q: range(q.length),
      scale: q.length,
      weights: "w",
      ...(bias === undefined ? {} : { bias: "b" }),
    },
    inputs: [...q.map((digits) => fixed("i8", digits)), fixed("f32", [scale])],
    tables: { w: matrix(weights), ...(bias === undefined ? {} : { b: floats(1, bias) }) },
  };
}

/** Row of K digits of 127, the last one another. */
function ends(length: number, last: number): number[] {
  return [...filled(length - 1, 127), last];
}

const alternating = (length: number) => range(length).map((i) => (i % 2 === 0 ? 127 : -127));

const lengths = [1, 2, 1023, 1024, 1025, 1040, 1041].map((length) =>
  linear({
    name: `K = ${length}, all ±127`,
    q: [filled(length, 127)],
    high: [filled(length, 127), filled(length, -127), alternating(length), ends(length, -127)],
    scales: [1, 1, 1 + ULP, Math.fround(1 / 3)],
    scale: Math.fround(1 / 127),
  }),
);

// Above 2^24 an odd sum is half-way between two binary32 numbers: 1,041 · 127² is, and 127 times an odd number more or less.
const ties = linear({
  name: "sums above 2^24 that tie, to even both ways",
  q: [filled(1045, 127)],
  high: [1, 3, 5, 7, 9, 11, -1, -3].map((last) => [...ends(1042, last), 0, 0, 0]),
  scales: filled(8, 1),
  scale: 1,
});

const long = linear({
  name: "K = 2,100, sums above 2^25",
  q: [ends(2100, 1)],
  high: [filled(2100, 127), [...filled(1024, 127), ...filled(1024, -127), ...filled(52, 3)]],
  scales: [1, Math.fround(0.01)],
  scale: 1,
});

const LOWS = [64, -64, 65, -65, 0, 1, -1, 64];
const HIGHS = [127, -127, 126, -126, 0, 127, -127, 1];

const digits = ([1, 2] as const).flatMap((first) =>
  ([1, 2] as const).flatMap((second) => [
    linear({
      name: `${first} by ${second} digits at their ends`,
      q: [HIGHS, LOWS].slice(0, first),
      high: range(8).map((n) => HIGHS.map((_, i) => HIGHS[(i + n) % 8]!)),
      ...(second === 1 ? {} : { low: range(8).map((n) => LOWS.map((_, i) => LOWS[(i + 3 * n) % 8]!)) }),
      scales: noise(first + 2 * second, 8, 0.1).map(Math.abs),
      scale: Math.fround(0.0123),
      bias: noise(5, 8),
    }),
    linear({
      name: `${first} by ${second} digits, K = 1,025, all at their ends`,
      q: [filled(1025, 127), filled(1025, 65)].slice(0, first),
      high: [filled(1025, 127), filled(1025, -127)],
      ...(second === 1 ? {} : { low: [filled(1025, -65), filled(1025, 64)] }),
      scales: [Math.fround(0.1), Math.fround(0.3)],
      scale: Math.fround(0.7),
    }),
    linear({
      name: `${first} by ${second} digits, K = 200, noise`,
      q: [noisyDigits(1, 200), noisyDigits(2, 200, 64)].slice(0, first),
      high: range(6).map((n) => noisyDigits(10 + n, 200)),
      ...(second === 1 ? {} : { low: range(6).map((n) => noisyDigits(20 + n, 200, 64)) }),
      scales: noise(6, 6, 0.01).map(Math.abs),
      scale: Math.fround(0.0345),
    }),
  ]),
);

const small = linear({
  name: "zero sums, biases of both zeros, a bias that cancels, subnormal products",
  q: [
    [1, 0, -1],
    [0, 1, 0],
  ],
  high: [
    [0, 127, 0],
    [5, 0, 5],
    [1, 0, 0],
    [-1, 0, 0],
    [3, 1, 0],
    [-3, 1, 0],
  ],
  scales: [1, 1, 2 ** -60, 2 ** -60, 2 ** -60 * (1 + ULP), 2 ** -60 * (1 + 3 * ULP)],
  scale: 2 ** -90,
});

const biased = linear({
  name: "biases: zeros of both signs, cancelling, ties",
  q: [[1, 0, -1]],
  high: [
    [0, 127, 0],
    [5, 0, 5],
    [100, 0, 0],
    [-100, 0, 0],
    [1, 0, 0],
    [1, 0, 0],
  ],
  scales: [1, 1, 1, 1, 2 ** -24, 2 ** -24],
  scale: 1,
  bias: [-0, 0, -100, 100, 1, 1 + ULP],
});

const scaled = linear({
  name: "the least and greatest scales",
  q: [[127, -127, 1, 0]],
  high: [
    [127, -127, 127, 1],
    [-127, 127, 1, 1],
    [1, 1, 1, 1],
  ],
  scales: [2 ** 60, 2 ** -60, Math.fround(2 ** 60 / 3)],
  scale: 2 ** 50,
});

export const linearVectors: readonly VectorDraft[] = [...lengths, ties, long, ...digits, small, biased, scaled];
