import { expect, test } from "vitest";
import { CODE_BYTES, type PositionCodes } from "../codes.js";
import { buildIndex } from "./buildIndex.js";
import { creditRecords } from "./creditRecords.js";
import { indexedRecords } from "./indexedRecords.js";

const tokenizer = { encode: (text: string) => Array.from(text, (character) => character.codePointAt(0)!) };
const KEEPER = "The lighthouse keeper wrote of the storm, when every lamp on the coast went dark.";
const LENTILS = "Boil the lentils with four spoons of cumin and the juice of a lemon.";

/** States that depend on the last three tokens. */
async function codes(ids: readonly number[]): Promise<PositionCodes> {
  return {
    ids: Uint32Array.from(ids),
    surprises: new Uint8Array(ids.length).fill(90),
    codes: Uint8Array.from({ length: ids.length * CODE_BYTES }, (_, i) => {
      const at = Math.floor(i / CODE_BYTES);
      const before = [1, 2, 3].reduce((sum, back) => sum * 31 + (ids[at - back] ?? 0), i % CODE_BYTES);
      return Math.imul(before + 1, 0x9e3779b1) >>> 24;
    }),
  };
}

const runtime = {
  weightsRoot: `0x${"11".repeat(32)}` as const,
  codes,
  attribution: async () => ({
    base: { decoys: [], projection: undefined as never },
    hash: `0x${"22".repeat(32)}` as const,
  }),
};

test("a copy has no position in an index, and says of which record it is one", () => {
  const records = indexedRecords([LENTILS, KEEPER, KEEPER, KEEPER.replace("storm", "flood"), "", "cumin"], tokenizer);

  expect(records.map(({ copyOf }) => copyOf)).toEqual([undefined, undefined, 1, 1, undefined, undefined]);
  expect(records.map(({ ids }) => ids.length)).toEqual([LENTILS.length, KEEPER.length, 0, 0, 0, 5]);
});

test("a record and eight copies of it are credited as much as the record alone", async () => {
  const answer = await codes(tokenizer.encode("every lamp on the coast went dark"));
  const creditsOf = async (texts: readonly string[]) => {
    const index = await buildIndex(runtime, indexedRecords(texts, tokenizer));
    return creditRecords([index], answer).credits[0]!;
  };
  const alone = await creditsOf([KEEPER, LENTILS]);
  const copied = await creditsOf([KEEPER, LENTILS, ...new Array<string>(8).fill(KEEPER)]);

  expect(alone.get(0)).toBeGreaterThan(1_000_000);
  expect(copied).toEqual(alone);
});

test("of equal records the first has all, in any script", async () => {
  const texts = [
    "灯台守は嵐の夜に海岸の灯がすべて消えたと書いた。",
    "كتب حارس المنارة عن العاصفة",
    "Смотритель маяка писал о буре",
    "🌊🌊🚢",
  ];
  for (const text of texts) {
    const records = indexedRecords(new Array<string>(5).fill(text), tokenizer);
    const index = await buildIndex(runtime, records);
    const { credits } = creditRecords([index], await codes(tokenizer.encode(text)));

    expect(records.map(({ copyOf }) => copyOf)).toEqual([undefined, 0, 0, 0, 0]);
    expect([...credits[0]!.keys()]).toEqual([0]);
  }
});

test("records of nothing, of separators alone and of half a shingle are nobody's copies", () => {
  const texts = ["", "", " \n\t", " \n\t", "a,b", "a,b"];

  expect(indexedRecords(texts, tokenizer).map(({ copyOf }) => copyOf)).toEqual(new Array(6).fill(undefined));
});

test("a record that is too long for an index has no position, and keeps nobody else from one", () => {
  const records = indexedRecords([KEEPER, "a".repeat(50_000_000), "ab ".repeat(100), LENTILS], tokenizer);

  expect(records.map(({ ids }) => ids.length)).toEqual([KEEPER.length, 0, 0, LENTILS.length]);
});

test("what a copy has of its own makes nobody else's record a copy", () => {
  const mixed = `${KEEPER} ${LENTILS}`;

  expect(indexedRecords([KEEPER, mixed, LENTILS], tokenizer)).toMatchObject([
    { ids: { length: KEEPER.length } },
    { ids: [], copyOf: 0 },
    { ids: { length: LENTILS.length } },
  ]);
});

test("which of two was first is by commitment, whatever their order in the version", () => {
  const [thief, author] = indexedRecords([KEEPER, KEEPER], tokenizer, [7n, 3n]);

  expect(thief).toEqual({ ids: [], copyOf: 1 });
  expect(author!.ids).toHaveLength(KEEPER.length);
});
