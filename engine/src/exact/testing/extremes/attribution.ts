import { CODE_BYTES, KERNEL_WHOLE, WORD } from "../../program/AttributionOp.js";
import { randomSource } from "../random.js";
import { filled, range } from "./values.js";
import { fixed, history, indexTable, integers, type Posting, type VectorDraft } from "./vectorOf.js";

const WEIGHTS = integers(range(139).map((t) => Math.round((WORD - 1) * Math.exp(-t / 8))));

interface SurpriseScene {
  readonly name: string;
  readonly logits: readonly number[];
  readonly following?: number;
  readonly gridBits?: number;
  readonly table?: typeof WEIGHTS;
}

function surprise({ name, logits, following, gridBits = 3, table = WEIGHTS }: SurpriseScene): VectorDraft {
  return {
    name,
    op: { kind: "surprise", logits: 0, table: "t", gridBits },
    position: 2,
    inputs: [fixed("i32", logits)],
    tables: { t: table },
    ...(following === undefined ? {} : { following }),
  };
}

const [TOP, BOTTOM] = [2 ** 23, -(2 ** 23)];
/** Steps of a grid of 2^-3 are 512 logits: halves go to the lighter side. */
const HALVES = [0, 255, 256, 257, 767, 768, 769, 138 * 512 - 257, 138 * 512 + 255, 138 * 512 + 256, 139 * 512];
/** One more than are summed at once. */
const NOISE = Array.from({ length: 1537 }, (_, i) => (i * 7919) % 60_000);

const surprises: VectorDraft[] = [
  surprise({ name: "one token, expected", logits: [5], following: 0 }),
  surprise({ name: "no token follows", logits: [5, 4, 3] }),
  surprise({ name: "equal logits at their ends", logits: [TOP, TOP, TOP], following: 2 }),
  surprise({ name: "the farthest token", logits: [TOP, BOTTOM], following: 1 }),
  surprise({ name: "the nearest token", logits: [TOP, BOTTOM], following: 0 }),
  ...HALVES.map((distance) =>
    surprise({ name: `a distance of ${distance}`, logits: [0, -distance, -9000], following: 1 }),
  ),
  // 127 · (1 − p) + ½ is an integer where p = (2k + 1)/254.
  ...[126, 127, 128].map((first) =>
    surprise({
      name: `weights of ${first} and 127 of 254`,
      logits: [0, -1],
      following: 1,
      gridBits: 12,
      table: integers([first, 127]),
    }),
  ),
  surprise({ name: "the logits' own grid", logits: [40, 0, 41, 39, 1], following: 0, gridBits: 12 }),
  surprise({ name: "a grid of whole nats", logits: [0, -2047, -2048, -2049, -6144], following: 2, gridBits: 0 }),
  ...[0, 1535, 1536].map((following) =>
    surprise({ name: `1,537 tokens, number ${following}`, logits: NOISE, following }),
  ),
  surprise({
    name: "weights of up to 2^24 − 1 that all count",
    logits: range(4097).map((i) => -(i % 5)),
    following: 4096,
    gridBits: 0,
    table: integers([WORD - 1]),
  }),
];

/** A code in which every bit is the other way round in `bits` places, from the lowest. */
function code(bits: number): number[] {
  return range(CODE_BYTES).map((byte) => 2 ** Math.max(0, Math.min(8, bits - 8 * byte)) - 1);
}

function posting(token: number, surprise: number, bits: number): Posting {
  return { token, surprise, code: code(bits) };
}

const random = randomSource(77);
const NOISY: readonly (readonly Posting[])[] = [0, 1, 63, 64, 65, 200].map((length) =>
  range(length).map(() => ({
    token: Math.floor(3 * random()),
    surprise: Math.floor(128 * random()),
    code: range(CODE_BYTES).map(() => (random() < 0.7 ? 0 : Math.floor(256 * random()))),
  })),
);

function similarity(
  name: string,
  records: readonly (readonly Posting[])[],
  { thresholds = [0, 0, 0], following = 1 as number | "none", query = code(0) } = {},
): VectorDraft {
  return {
    name,
    op: { kind: "similarity", codes: 0, index: "index" },
    position: 1,
    inputs: [fixed("u8", query)],
    tables: { index: indexTable({ records, thresholds }) },
    ...(following === "none" ? {} : { following }),
  };
}

const EVERY_DISTANCE = range(129).map((bits) => [posting(1, 127, bits)]);
const EVERY_SURPRISE = range(128).map((u) => [posting(1, u, 0), posting(1, u, 1), posting(2, 127, 0)]);

const similarities: VectorDraft[] = [
  similarity("every distance", EVERY_DISTANCE),
  similarity("every distance, from the other side", EVERY_DISTANCE, { query: code(128) }),
  similarity("every distance, above a threshold", EVERY_DISTANCE, { thresholds: [0, 64, 0] }),
  similarity("every surprise, at equal codes and one bit apart", EVERY_SURPRISE),
  similarity(
    "thresholds at a product, below and above it, and at their ends",
    [126, 124, 125, 0, 127, 128].map((_, token) => [posting(token, 127, 1), posting(token, 127, 0)]),
    { thresholds: [126, 124, 125, 0, 127, 128], following: 0 },
  ),
  similarity("a threshold of 128, which nothing passes", [[posting(1, 127, 0)]], { thresholds: [0, 128, 0] }),
  similarity("256 positions, all equal", [filled(256, 0).map(() => posting(1, 127, 0)), [posting(0, 127, 0)]]),
  similarity(
    "the first token, beside positions that records have not",
    [[posting(0, 127, 0)], [], [posting(0, 1, 0)]],
    {
      following: 0,
    },
  ),
  similarity("no token follows", [[posting(0, 127, 0)], [posting(1, 127, 0)]], { following: "none" }),
  ...[0, 1, 2].map((following) =>
    similarity(`noise, token ${following}`, NOISY, { thresholds: [0, 30, 60], following }),
  ),
];

const SUMS = [0, 1, 65_024, 16_646_144];

/** All that a token may be credited with. */
const CREDIT = 127 * 2 ** 16;

/** @param credits of each record at each earlier position, the last one just before */
function continuity(name: string, credits: readonly (readonly number[])[]): VectorDraft {
  return {
    name,
    op: { kind: "continuity", sums: 0, credit: 1 },
    position: credits.length,
    // what stands at the position itself is not read
    inputs: [fixed("i32", SUMS), history("i32", [...credits, filled(SUMS.length, CREDIT)])],
  };
}

const continuities: VectorDraft[] = [
  continuity("the first position", []),
  continuity("seven tokens, at most 31 times more", [
    ...filled(6, 0).map(() => [CREDIT, 2 ** 20, CREDIT, CREDIT]),
    [CREDIT, 2 ** 19, CREDIT, CREDIT],
  ]),
  continuity("the eighth token before", [filled(4, CREDIT), ...filled(7, 0).map(() => filled(4, 0))]),
  continuity("the seventh token before", [filled(4, 2 ** 19), ...filled(6, 0).map(() => filled(4, 0))]),
  continuity("floors of products", [
    [0, 2 ** 19 - 1, 3, 5],
    [7, 0, 8, 31 * 2 ** 19 - 5],
    [1, 0, 1, 1],
  ]),
];

const denominators: VectorDraft[] = [
  ...[1, 1536, 1537].map(
    (count): VectorDraft => ({
      name: `${count} records, all at their ends`,
      op: { kind: "denominator", sums: 0 },
      inputs: [fixed("i32", filled(count, 16_646_144))],
    }),
  ),
  ...[
    [0, KERNEL_WHOLE],
    [0, WORD - 1],
    [2 ** 24, 0],
    [2 ** 26, WORD - 1],
  ].map(
    (before): VectorDraft => ({
      name: `after ${before.join(" and ")}`,
      op: { kind: "denominator", sums: 0, before: 1 },
      inputs: [fixed("i32", SUMS), fixed("i32", before)],
    }),
  ),
];

const credits: VectorDraft[] = [0, 1, 126, 127].flatMap((weight) =>
  [
    [0, 2 ** 16],
    [1, 2 ** 16 - 1],
    [2 ** 27, WORD - 1],
  ].map(
    (denominator): VectorDraft => ({
      name: `weight ${weight} over ${denominator.join(" and ")}`,
      op: { kind: "credit", sums: 0, surprise: 1, denominator: 2 },
      inputs: [fixed("i32", SUMS), fixed("u8", [weight]), fixed("i32", denominator)],
    }),
  ),
);

/** @param rows of what is added, at each position up to its own */
function windowSum(
  name: string,
  stride: number,
  rows: readonly (readonly number[])[],
  type: "i32" | "u8" = "i32",
): VectorDraft {
  return {
    name,
    op: { kind: "windowSum", of: 0, stride },
    position: rows.length - 1,
    inputs: [history(type, rows)],
  };
}

const windowSums: VectorDraft[] = [
  windowSum("the first position", 1, [[0, 1, CREDIT]]),
  windowSum("eight positions of nine", 1, [filled(3, CREDIT), ...filled(8, 0).map(() => [0, 1, CREDIT])]),
  windowSum(
    "surprises",
    1,
    filled(9, 0).map(() => [127]),
    "u8",
  ),
  windowSum(
    "each eighth of 66 positions",
    8,
    range(66).map((position) => [position, 8 * CREDIT, position % 8]),
  ),
  windowSum(
    "each eighth of as many as there are",
    8,
    range(17).map((position) => [position, 2 ** position, 0]),
  ),
];

export const attributionVectors: readonly VectorDraft[] = [
  ...surprises,
  ...similarities,
  ...continuities,
  ...denominators,
  ...credits,
  ...windowSums,
];
