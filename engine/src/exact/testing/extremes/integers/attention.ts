import { ROTARY_BITS } from "../../../program/IntegerOp.js";
import type { AttentionShape } from "../../../program/Op.js";
import { visibleKeys } from "../../../reference/shapes.js";
import { type AttentionScene, attentionMemory, type SceneScales, TWO_HEADS } from "../attentionScene.js";
import { filled, noise, range } from "../values.js";
import { floats, integers, keyed, type VectorDraft } from "../vectorOf.js";
import { integerDraft, keyedNumbers, NUMBER, numbers } from "./integerDraft.js";
import { noisyNumbers } from "./rows.js";

const ONE = 2 ** ROTARY_BITS;

const rotations: VectorDraft[] = [0, 1, 2].map((position) => {
  const row = [0, 1, -1, 2 ** 29, -(2 ** 29), 3, -3, 8192];
  return integerDraft({
    name: `position ${position}: halves up, heads after the first as they are`,
    kind: "rotate",
    op: { x: 0, groups: 2, table: "t" },
    shifts: {},
    position,
    inputs: [numbers([...row, ...noisyNumbers(51, 8, 2 ** 30), NUMBER, -NUMBER, ...row.slice(2)])],
    tables: {
      t: floats(3, [
        ...[...filled(4, ONE), ...filled(4, 0)],
        ...[...filled(4, ONE / 2), ONE / 2, -ONE / 2, ONE, -ONE],
        ...noise(52, 8).map((x) => Math.round(x * ONE)),
      ]),
    },
  });
});

const SCALES: SceneScales = {
  type: "i32",
  noise: (position, heads) => noisyNumbers(position, heads, 20_000).map((x) => 1 + Math.abs(x)),
};

const memory = (scene: AttentionScene) => attentionMemory(scene, SCALES);

function scores(scene: AttentionScene, shift = 8, scaleShift = 20): VectorDraft {
  const { qkv, scale } = memory(scene);
  return integerDraft({
    name: scene.name,
    kind: "scores",
    op: { qkv: range(qkv.length), scale: qkv.length, shape: scene.shape },
    shifts: { shift, scaleShift },
    position: scene.position,
    inputs: [...qkv, scale],
  });
}

/** The greatest scale that a cache keeps. */
const CACHED = 2 ** 24 - 1;

const scored: VectorDraft[] = [
  scores({ name: "one key", shape: TWO_HEADS, position: 0 }),
  scores({ name: "many keys", shape: TWO_HEADS, position: 99 }),
  scores({
    name: "key heads of three heads each",
    shape: { heads: 6, kvHeads: 2, headDim: 8, window: null },
    position: 5,
  }),
  scores(
    {
      name: "head dimension 128, all ±127, the greatest scales",
      shape: { ...TWO_HEADS, headDim: 128 },
      position: 2,
      digit: (at) => (at === 1 ? -127 : 127),
      scale: () => CACHED,
    },
    24,
    20,
  ),
  scores(
    {
      name: "halves up, both signs, twice",
      shape: { ...TWO_HEADS, headDim: 1 },
      position: 14,
      digit: (at, i) => (i < 2 ? [1, -1][i]! : at - 7),
      scale: (_, head) => (head < 2 ? 1 : 1),
    },
    1,
    1,
  ),
  scores(
    {
      name: "negative shifts",
      shape: { ...TWO_HEADS, headDim: 1 },
      position: 4,
      digit: (at, i) => (i < 2 ? [127, -3][i]! : at - 2),
      scale: (at, head) => 1 + at + head,
    },
    -2,
    -3,
  ),
  scores({ name: "zeros", shape: TWO_HEADS, position: 2, digit: () => 0, scale: () => 1 }),
  ...[2, 3, 4].map((position) =>
    scores({ name: `a window of 4 at position ${position}`, shape: { ...TWO_HEADS, window: 4 }, position }),
  ),
  scores({ name: "a window of 1", shape: { ...TWO_HEADS, window: 1 }, position: 7 }),
  ...[0, 30].map((position) =>
    scores(
      { name: `two digits, position ${position}`, shape: { ...TWO_HEADS, headDim: 16 }, position, digits: 2 },
      15,
      20,
    ),
  ),
  scores(
    {
      name: "two digits at their ends",
      shape: TWO_HEADS,
      position: 3,
      digits: 2,
      digit: (at, i, low) => ((at + i) % 2 === 0 ? 1 : -1) * (low === 0 ? 127 : 63 + (i % 2)),
      scale: (at, head) => CACHED - 1000 * head - at,
    },
    20,
    27,
  ),
];

function maximum(
  name: string,
  heads: readonly (readonly number[])[],
  window: number | null = null,
  position = heads[0]!.length - 1,
): VectorDraft {
  const inputs = [keyedNumbers(window, heads)];
  return integerDraft({ name, kind: "scoreMax", op: { scores: 0 }, shifts: {}, position, inputs });
}

const maxima: VectorDraft[] = [
  maximum("one key", [[-NUMBER], [NUMBER]]),
  maximum("first, last, all equal", [
    [5, 4, 3, 2],
    [-9, -8, -7, -6],
    [0, 0, 0, 0],
  ]),
  maximum("beside each other above 2^24", [
    [2 ** 30, 2 ** 30 + 1],
    [-(2 ** 30) - 1, -(2 ** 30)],
  ]),
  maximum("2,000 keys", [noisyNumbers(61, 2000, 4000), noisyNumbers(62, 2000, 9)]),
  maximum("a window of 3", [[1, 2, 3]], 3, 8),
];

const EXPONENTS = integers(range(100).map((t) => Math.round(32_768 * Math.exp(-t / 16))));
const DISTANCES = [0, 1, 2, 98, 99, 100, 101, 5000, 2 ** 31, 50];

const exponents: VectorDraft[] = [
  integerDraft({
    name: "the table's ends and beyond",
    kind: "exponent",
    op: { scores: 0, max: 1, table: "t" },
    shifts: {},
    position: DISTANCES.length - 1,
    inputs: [
      keyedNumbers(null, [DISTANCES.map((t) => 2 ** 31 - 1 - t), DISTANCES.map((t) => 77 - (t % 3000))]),
      numbers([2 ** 31 - 1, 77]),
    ],
    tables: { t: EXPONENTS },
  }),
  integerDraft({
    name: "one key",
    kind: "exponent",
    op: { scores: 0, max: 1, table: "t" },
    shifts: {},
    inputs: [keyedNumbers(null, [[3], [-NUMBER]]), numbers([3, NUMBER])],
    tables: { t: EXPONENTS },
  }),
  integerDraft({
    name: "results up to 65,535",
    kind: "exponent",
    op: { scores: 0, max: 1, table: "t" },
    shifts: {},
    position: 2,
    inputs: [keyedNumbers(3, [[0, -1, -2]]), numbers([0])],
    tables: { t: integers([65_535, 65_534]) },
  }),
];

const sums: VectorDraft[] = [
  integerDraft({
    name: "one key",
    kind: "sum",
    op: { x: 0 },
    shifts: {},
    inputs: [keyed("u16", null, [[32_768], [0], [65_535]])],
  }),
  integerDraft({
    name: "odd sums above 2^24",
    kind: "sum",
    op: { x: 0 },
    shifts: {},
    position: 600,
    inputs: [keyed("u16", null, [[...filled(600, 65_535), 1], range(601).map((j) => (j * 37) % 65_536)])],
  }),
  integerDraft({
    name: "4,000 keys",
    kind: "sum",
    op: { x: 0 },
    shifts: {},
    position: 3999,
    inputs: [keyed("u16", null, [range(4000).map((j) => (j * 37) % 957)])],
  }),
];

function weigh(scene: AttentionScene, shift: number, exponent: (head: number, key: number) => number): VectorDraft {
  const { shape, position } = scene;
  const { count } = visibleKeys(shape.window, position);
  const e = range(shape.heads).map((head) => range(count).map((key) => exponent(head, key)));
  return integerDraft({
    name: scene.name,
    kind: "weigh",
    op: { exponents: 0, scale: 1, shape },
    shifts: { shift },
    position,
    inputs: [keyed("u16", shape.window, e), memory(scene).scale],
  });
}

const weighed: VectorDraft[] = [
  weigh({ name: "one key", shape: TWO_HEADS, position: 0 }, 0, () => 32_768),
  weigh(
    { name: "key heads of two, noise", shape: { ...TWO_HEADS, heads: 4, kvHeads: 2 }, position: 40 },
    4,
    (h, j) => (h * 531 + j * 97) % 32_769,
  ),
  weigh(
    {
      name: "halves up, zeros, the greatest exponentials and scales",
      shape: { ...TWO_HEADS, window: 6 },
      position: 9,
      scale: (at) => [1, 3, CACHED, CACHED - 1, 2 ** 9, 2 ** 9 - 1][at % 6]!,
    },
    10,
    (head, key) => (head === 0 ? 1 : [0, 1, 32_767, 65_535, 0, 5][key]!),
  ),
  weigh({ name: "a negative shift", shape: TWO_HEADS, position: 3 }, -2, (_, j) => j),
];

interface MixScene extends AttentionScene {
  readonly weight: (head: number, key: number, low: number) => number;
  readonly sum?: number;
  readonly weightScale?: number;
  readonly sumBits?: number;
  readonly shift?: number;
}

function mix(scene: MixScene): VectorDraft {
  const { shape, position, digits = 1, weight, sum = 40_000, weightScale = 2 ** 22, sumBits = 12, shift = 16 } = scene;
  const { count } = visibleKeys(shape.window, position);
  const weights = range(digits).map((low) =>
    keyed(
      digits === 1 ? "u8" : "i8",
      shape.window,
      range(shape.heads).map((head) => range(count).map((key) => weight(head, key, low))),
    ),
  );
  const { qkv } = memory(scene);
  return integerDraft({
    name: scene.name,
    kind: "mix",
    op: {
      weights: range(digits),
      weightScale: digits,
      sum: digits + 1,
      qkv: range(digits).map((i) => digits + 2 + i),
      shape,
    },
    shifts: { sumBits, shift },
    position,
    inputs: [
      ...weights,
      numbers(range(shape.heads).map((head) => weightScale - head)),
      numbers(range(shape.heads).map((head) => sum + head)),
      ...qkv,
    ],
  });
}

const ONE_HEAD: AttentionShape = { heads: 1, kvHeads: 1, headDim: 2, window: null };

const mixed: VectorDraft[] = [
  mix({ name: "one key", shape: TWO_HEADS, position: 0, weight: () => 255 }),
  ...[1, 15, 16, 17, 63, 64, 65].map((position) =>
    mix({ name: `position ${position}`, shape: TWO_HEADS, position, weight: (h, j) => (h * 31 + j * 77) % 256 }),
  ),
  mix({
    name: "1,100 keys, all 255 by ±127, a sum of 31 bits",
    shape: ONE_HEAD,
    position: 1099,
    weight: () => 255,
    digit: (_, i) => (i % 2 === 0 ? 127 : -127),
    sum: NUMBER,
    weightScale: NUMBER,
    sumBits: 20,
    shift: 22,
  }),
  mix({
    name: "a quotient that is whole, and one short of it",
    shape: { ...TWO_HEADS, headDim: 1 },
    position: 3,
    weight: (_, j) => j + 1,
    digit: (at, i) => (at + i) % 5,
    sum: 7,
    weightScale: 7 * 1000,
    sumBits: 0,
    shift: 3,
  }),
  mix({
    name: "halves up, both signs",
    shape: { ...ONE_HEAD, headDim: 4 },
    position: 1,
    weight: (_, j) => 1 - j,
    digit: (_, i) => [1, -1, 3, -3][i % 4]!,
    sum: 1,
    weightScale: 1,
    sumBits: 0,
    shift: 1,
  }),
  mix({ name: "no weight", shape: TWO_HEADS, position: 3, weight: () => 0, sum: 1 }),
  mix({
    name: "a negative shift",
    shape: TWO_HEADS,
    position: 3,
    weight: (_, j) => 85 * j,
    weightScale: 5,
    sum: 3,
    sumBits: 0,
    shift: -4,
  }),
  ...[18, 19, 20, 47].map((position) =>
    mix({
      name: `a window of 20 at position ${position}`,
      shape: { heads: 4, kvHeads: 2, headDim: 4, window: 20 },
      position,
      weight: (h, j) => (h * 57 + j * 91) % 256,
    }),
  ),
  ...[0, 33].map((position) =>
    mix({
      name: `two digits, position ${position}`,
      shape: { heads: 4, kvHeads: 2, headDim: 4, window: null },
      position,
      digits: 2,
      weight: (h, j, low) => (low === 0 ? (h * 31 + j * 77) % 128 : ((h * 7 + j * 5) % 129) - 64),
      shift: 23,
    }),
  ),
  mix({
    name: "two digits at their ends",
    shape: TWO_HEADS,
    position: 20,
    digits: 2,
    weight: (_, j, low) => (low === 0 ? 127 : j % 2 === 0 ? 64 : -64),
    digit: (at, i, low) => ((at + i) % 3 === 0 ? -1 : 1) * (low === 0 ? 127 : 64),
    shift: 24,
  }),
];

export const integerAttentionVectors: readonly VectorDraft[] = [
  ...rotations,
  ...scored,
  ...maxima,
  ...exponents,
  ...sums,
  ...weighed,
  ...mixed,
];
