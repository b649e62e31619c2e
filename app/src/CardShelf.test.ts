import { type AttributionCard, contentHash, encodeAttributionCard, MAXIMUM_CARD_BYTES } from "@openledger/sdk";
import { beforeEach, expect, test } from "vitest";
import { CardShelf } from "./CardShelf.js";

type Hash = `0x${string}`;
const root = (digits: string) => `0x${digits.repeat(32)}` as const;

function cardOf(model: bigint): Uint8Array {
  const card: AttributionCard = {
    subject: { model, baseWeightsRoot: root("0b"), adapterWeightsRoot: root("0a"), datanets: [] },
    sample: { records: 9, contributors: 6, texts: 3, generated: 1, sets: [{ regime: "rec", count: 8 }], seeds: 1 },
    methods: [{ method: "pays", lds: [{ regime: "rec", value: 0.5, error: 0.1 }], junkShare: 0 }],
    copying: [],
  };
  return encodeAttributionCard(card);
}

const model = (number: bigint, bytes: Uint8Array | null) => ({
  number,
  weightsRoot: root("0a"),
  cardHash: bytes === null ? null : contentHash(bytes),
});

let held: Map<Hash, Uint8Array>;
let asked: Hash[];
let limits: (number | undefined)[];
let time: number;
let shelf: CardShelf;
beforeEach(() => {
  [held, asked, limits, time] = [new Map(), [], [], 0];
  const get = async (hash: Hash, options: { readonly maximumBytes?: number } = {}) => {
    asked.push(hash);
    limits.push(options.maximumBytes);
    return held.get(hash) ?? Promise.reject(new Error("not there"));
  };
  shelf = new CardShelf({ get }, () => time);
});

function hold(bytes: Uint8Array): Uint8Array {
  held.set(contentHash(bytes), bytes);
  return bytes;
}

test("cards are shown of the models that they name; others', broken and missing ones are not", async () => {
  const own = hold(cardOf(1n));
  const models = [
    model(1n, own),
    model(2n, hold(cardOf(9n))),
    model(3n, hold(new TextEncoder().encode("<html>"))),
    model(4n, new Uint8Array(3)),
    model(5n, null),
  ];

  expect(await shelf.newest(models)).toEqual([
    {
      model: "1",
      hash: contentHash(own),
      records: 9,
      texts: 3,
      sets: [{ regime: "rec", count: 8 }],
      methods: [{ method: "pays", lds: [{ regime: "rec", value: 0.5, error: 0.1 }] }],
    },
  ]);
  expect(limits).toEqual(limits.map(() => MAXIMUM_CARD_BYTES));
});

test("a card is read once, and one that is not there again after a minute", async () => {
  const late = cardOf(2n);
  const models = [model(1n, hold(cardOf(1n))), model(2n, late)];
  for (let i = 0; i < 3; i++) expect(await shelf.newest(models)).toHaveLength(1);
  expect(asked).toHaveLength(2);

  hold(late);
  time = 59_000;
  expect(await shelf.newest(models)).toHaveLength(1);
  time = 60_000;
  expect(await shelf.newest(models)).toHaveLength(2);
  expect(asked).toHaveLength(3);
});

test("models whose cards are none hide a few others at most, and cost a few looks", async () => {
  const junk = Array.from({ length: 15 }, (_, i) => model(BigInt(100 + i), new Uint8Array([i])));
  const models = [...Array.from({ length: 30 }, (_, i) => model(BigInt(i), hold(cardOf(BigInt(i))))), ...junk];

  const shown = await shelf.newest(models);

  expect(shown.map(({ model: number }) => number)).toEqual(["25", "26", "27", "28", "29"]);
  expect(asked).toHaveLength(20);
});
