import { visibleKeys } from "../../reference/shapes.js";
import { type AttentionScene, attentionMemory, type SceneScales, TWO_HEADS } from "./attentionScene.js";
import { above, below, filled, LEAST, noise, range, ULP } from "./values.js";
import { fixed, floats, integers, keyed, type VectorDraft } from "./vectorOf.js";

const rotations: VectorDraft[] = [0, 1, 2].map((position) => {
  const row = [0, -0, 1, -1, LEAST, 1 + ULP, 3, -(2 ** 100)];
  return {
    name: `position ${position}: zeros and ties, heads after the first as they are`,
    op: { kind: "rotate", x: 0, groups: 2, table: "t" },
    position,
    inputs: [fixed("f32", [...row, ...noise(51, 8), ...row])],
    tables: {
      t: floats(3, [
        ...[...filled(4, 1), ...filled(4, 0)],
        ...[...filled(4, 0), 1, -1, 1, -1],
        ...noise(52, 8).map((x) => Math.fround(Math.round(x * 2 ** 20) / 2 ** 20)),
      ]),
    },
  };
});

const SCALES: SceneScales = {
  type: "f32",
  noise: (position, heads) => noise(position, heads, 0.02).map(Math.abs),
};

const memory = (scene: AttentionScene) => attentionMemory(scene, SCALES);

function scores(scene: AttentionScene, gridBits = 6): VectorDraft {
  const { qkv, scale } = memory(scene);
  return {
    name: scene.name,
    op: { kind: "scores", qkv: range(qkv.length), scale: qkv.length, shape: scene.shape, gridBits },
    position: scene.position,
    inputs: [...qkv, scale],
  };
}

const scored: VectorDraft[] = [
  scores({ name: "one key", shape: TWO_HEADS, position: 0 }),
  scores({ name: "many keys", shape: TWO_HEADS, position: 99 }),
  scores({
    name: "key heads of three heads each",
    shape: { heads: 6, kvHeads: 2, headDim: 8, window: null },
    position: 5,
  }),
  scores({
    name: "head dimension 128, all ±127",
    shape: { ...TWO_HEADS, headDim: 128 },
    position: 2,
    digit: (at) => (at === 1 ? -127 : 127),
  }),
  scores({
    name: "ties on the grid, to even both ways",
    shape: { ...TWO_HEADS, headDim: 1 },
    position: 14,
    digit: (at, i) => (i < 2 ? [1, -1][i]! : at - 7),
    scale: (_, head) => (head < 2 ? 2 ** -7 : 1),
  }),
  scores({
    name: "beside ties",
    shape: { ...TWO_HEADS, headDim: 1 },
    position: 14,
    digit: (at, i) => (i < 2 ? [1, -1][i]! : 2 * at - 13),
    scale: (_, head) => (head === 0 ? 2 ** -7 : head === 1 ? above(2 ** -7) : below(1)),
  }),
  scores({
    name: "up to the grid's end",
    shape: { ...TWO_HEADS, headDim: 1 },
    position: 3,
    digit: (at, i) => (i === 0 ? 127 : i === 1 ? -127 : [127, -127, 126, 1][at]!),
    scale: (_, head) => (head < 2 ? Math.fround(65535.99 / 127 / 127) : 1),
  }),
  scores({ name: "zeros", shape: TWO_HEADS, position: 2, digit: () => 0, scale: () => Math.fround(2 ** -100 / 127) }),
  ...[2, 3, 4].map((position) =>
    scores({ name: `a window of 4 at position ${position}`, shape: { ...TWO_HEADS, window: 4 }, position }),
  ),
  scores({ name: "a window of 1", shape: { ...TWO_HEADS, window: 1 }, position: 7 }),
  ...[0, 30].map((position) =>
    scores(
      {
        name: `two digits, position ${position}`,
        shape: { ...TWO_HEADS, headDim: 16 },
        position,
        digits: 2,
        scale: (at, head) => Math.fround(0.01 + 0.001 * at + 0.002 * head),
      },
      10,
    ),
  ),
  scores(
    {
      name: "two digits at their ends",
      shape: TWO_HEADS,
      position: 3,
      digits: 2,
      digit: (at, i, low) => ((at + i) % 2 === 0 ? 1 : -1) * (low === 0 ? 127 : 64 + (i % 2)),
      scale: (_, head) => Math.fround(2 ** -4 * (1 + 0.1 * head)),
    },
    10,
  ),
];

/** Scores on the grid 2^-6, plus the grid's constant. */
const onGrid = (steps: readonly number[]) => steps.map((t) => 1.5 * 2 ** 17 + t / 64);

function maximum(
  name: string,
  heads: readonly (readonly number[])[],
  window: number | null = null,
  position = heads[0]!.length - 1,
): VectorDraft {
  return { name, op: { kind: "scoreMax", scores: 0 }, position, inputs: [keyed("f32", window, heads.map(onGrid))] };
}

const maxima: VectorDraft[] = [
  maximum("one key", [[-(2 ** 22) + 1], [2 ** 22 - 1]]),
  maximum("first, last, all equal", [
    [5, 4, 3, 2],
    [-9, -8, -7, -6],
    [0, 0, 0, 0],
  ]),
  maximum("2,000 keys", [noise(61, 2000, 4000).map(Math.round), noise(62, 2000, 9).map(Math.round)]),
  maximum("a window of 3", [[1, 2, 3]], 3, 8),
];

const EXPONENTS = integers(range(100).map((t) => Math.round(956 * Math.exp(-t / 16))));
const DISTANCES = [0, 1, 2, 98, 99, 100, 101, 5000, 2 ** 23 - 2, 50];

const exponents: VectorDraft[] = [
  {
    name: "the table's ends and beyond",
    op: { kind: "exponent", scores: 0, max: 1, table: "t", gridBits: 6 },
    position: DISTANCES.length - 1,
    inputs: [
      keyed("f32", null, [
        onGrid(DISTANCES.map((t) => 2 ** 22 - 1 - t)),
        onGrid(DISTANCES.map((t) => 77 - (t % 3000))),
      ]),
      fixed("f32", onGrid([2 ** 22 - 1, 77])),
    ],
    tables: { t: EXPONENTS },
  },
  {
    name: "one key",
    op: { kind: "exponent", scores: 0, max: 1, table: "t", gridBits: 6 },
    inputs: [keyed("f32", null, [onGrid([3]), onGrid([-4])]), fixed("f32", onGrid([3, -4]))],
    tables: { t: EXPONENTS },
  },
  {
    name: "results up to 65,535",
    op: { kind: "exponent", scores: 0, max: 1, table: "t", gridBits: 10 },
    position: 2,
    inputs: [keyed("f32", 3, [[0, 1, 2].map((t) => 1.5 * 2 ** 13 - t / 1024)]), fixed("f32", [1.5 * 2 ** 13])],
    tables: { t: integers([65535, 65534]) },
  },
];

const sums: VectorDraft[] = [
  { name: "one key", op: { kind: "sum", x: 0 }, inputs: [keyed("u16", null, [[956], [0], [65535]])] },
  {
    name: "2^24 − 1",
    op: { kind: "sum", x: 0 },
    position: 256,
    inputs: [keyed("u16", null, [[...filled(256, 65535), 255], filled(257, 1)])],
  },
  {
    name: "4,000 keys",
    op: { kind: "sum", x: 0 },
    position: 3999,
    inputs: [keyed("u16", null, [range(4000).map((j) => (j * 37) % 957)])],
  },
];

function weigh(scene: AttentionScene, exponent: (head: number, key: number) => number): VectorDraft {
  const { shape, position } = scene;
  const { count } = visibleKeys(shape.window, position);
  const e = range(shape.heads).map((head) => range(count).map((key) => exponent(head, key)));
  return {
    name: scene.name,
    op: { kind: "weigh", exponents: 0, scale: 1, shape },
    position,
    inputs: [keyed("u16", shape.window, e), memory(scene).scale],
  };
}

const weighed: VectorDraft[] = [
  weigh({ name: "one key", shape: TWO_HEADS, position: 0 }, () => 956),
  weigh(
    { name: "key heads of two, noise", shape: { ...TWO_HEADS, heads: 4, kvHeads: 2 }, position: 40 },
    (h, j) => (h * 531 + j * 97) % 957,
  ),
  weigh(
    {
      name: "zeros, ties, subnormals",
      shape: { ...TWO_HEADS, window: 6 },
      position: 9,
      scale: (at) => [1 + ULP, 1 + 3 * ULP, 3 * LEAST, 2 ** -107, 2 ** 100, 1][at % 6]!,
    },
    (head, key) => (head === 0 ? 3 : [0, 1, 32767, 65535, 0, 5][key]!),
  ),
];

interface MixScene extends AttentionScene {
  readonly weight: (head: number, key: number, low: number) => number;
  readonly sum?: number;
  readonly weightScale?: number;
}

function mix(scene: MixScene): VectorDraft {
  const { shape, position, digits = 1, weight, sum = 1500, weightScale = 0.37 } = scene;
  const { count } = visibleKeys(shape.window, position);
  const weights = range(digits).map((low) =>
    keyed(
      digits === 1 ? "u8" : "i8",
      shape.window,
      range(shape.heads).map((head) => range(count).map((key) => weight(head, key, low))),
    ),
  );
  const { qkv } = memory(scene);
  return {
    name: scene.name,
    op: {
      kind: "mix",
      weights: range(digits),
      weightScale: digits,
      sum: digits + 1,
      qkv: range(digits).map((i) => digits + 2 + i),
      shape,
    },
    position,
    inputs: [
      ...weights,
      fixed(
        "f32",
        range(shape.heads).map((head) => Math.fround(weightScale * (1 + head / 3))),
      ),
      fixed(
        "i32",
        range(shape.heads).map((head) => sum + head),
      ),
      ...qkv,
    ],
  };
}

const mixed: VectorDraft[] = [
  mix({ name: "one key", shape: TWO_HEADS, position: 0, weight: () => 255 }),
  ...[1, 15, 16, 17, 63, 64, 65].map((position) =>
    mix({ name: `position ${position}`, shape: TWO_HEADS, position, weight: (h, j) => (h * 31 + j * 77) % 256 }),
  ),
  mix({
    name: "1,100 keys, all 255 by ±127",
    shape: { heads: 1, kvHeads: 1, headDim: 2, window: null },
    position: 1099,
    weight: () => 255,
    digit: (_, i) => (i % 2 === 0 ? 127 : -127),
    sum: 2 ** 24 - 1,
  }),
  mix({
    name: "sums above 2^24 that tie",
    shape: { heads: 1, kvHeads: 1, headDim: 4, window: null },
    position: 529,
    weight: (_, j) => (j < 529 ? 255 : 1),
    digit: (at, i) => (at < 529 ? 127 : 2 * (i % 4) - 3),
    sum: 1,
    weightScale: 1,
  }),
  ...[485, 1626, 2403].map((sum) =>
    // Scales times rounded inverses of these sums are other numbers than their quotients, in each head.
    mix({
      name: `quotients that are no products, sums from ${sum}`,
      shape: { heads: 4, kvHeads: 2, headDim: 4, window: null },
      position: 5,
      weight: (h, j) => (h * 31 + j * 77 + 13) % 256,
      sum,
    }),
  ),
  mix({ name: "no weight", shape: TWO_HEADS, position: 3, weight: () => 0, sum: 1 }),
  mix({
    name: "the least scale",
    shape: TWO_HEADS,
    position: 3,
    weight: (_, j) => 85 * j,
    weightScale: 2 ** -107,
    sum: 3_000_000,
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
    }),
  ),
  mix({
    name: "two digits at their ends",
    shape: TWO_HEADS,
    position: 20,
    digits: 2,
    weight: (_, j, low) => (low === 0 ? 127 : j % 2 === 0 ? 64 : -65),
    digit: (at, i, low) => ((at + i) % 3 === 0 ? -1 : 1) * (low === 0 ? 127 : 65),
  }),
];

export const attentionVectors: readonly VectorDraft[] = [
  ...rotations,
  ...scored,
  ...maxima,
  ...exponents,
  ...sums,
  ...weighed,
  ...mixed,
];
