/** On the shipped base: this repository's own pages and code against what nobody wrote. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Tokenizer } from "../../model/tokenizer.js";
import { openRuntime } from "../../serve/openRuntime.js";
import type { Runtime } from "../../serve/Runtime.js";
import { Random } from "../../train/random.js";
import { NoiseGate } from "./NoiseGate.js";

const ROOT = new URL("../../../../", import.meta.url);
const PAGES = [
  "README.md",
  "docs/pay.md",
  "docs/contracts/disputes.md",
  "docs/contracts/epochs.md",
  "oracle/src/settle/Outbox.ts",
];
const PROSE = [
  "Grandmother planted the beans along the fence every April, and by August nobody could see the neighbour's house any more. She laughed at that and said that beans make good fences.",
  "Die Katze schlief den ganzen Nachmittag auf der Fensterbank und träumte von Fischen. Als der Regen begann, zog sie sich unter das Sofa zurück und wartete auf das Abendessen.",
  "Le meunier descendit au village avec trois sacs de farine et un âne qui ne voulait plus avancer. Il promit une carotte, puis deux, et arriva enfin à la tombée de la nuit.",
];

let runtime: Runtime;
let tokenizer: Tokenizer;
let gate: NoiseGate;

beforeAll(async () => {
  const modelDir = fileURLToPath(new URL("engine/models/base/", ROOT));
  runtime = await openRuntime({ modelDir });
  tokenizer = await Tokenizer.load(modelDir);
  gate = await NoiseGate.calibrate(runtime);
}, 120_000);

afterAll(() => runtime?.close());

function tokensOf(text: string): number[] {
  return tokenizer.encode(text).slice(0, 256);
}

/** As judging reads it. */
function read(ids: readonly number[]) {
  return gate.read(ids, new TextEncoder().encode(tokenizer.decode(ids)));
}

function written(): number[][] {
  const pieces = PAGES.flatMap((page) => {
    const text = readFileSync(new URL(page, ROOT), "utf8");
    return [0, 1, 2].map((at) => text.slice(at * 1200, at * 1200 + 500));
  });
  return [...pieces, ...PROSE].map(tokensOf);
}

/** Random tokens as a text has them, random letters, and random bytes as base64. */
function drawn(): number[][] {
  const random = new Random(11);
  const fill = (length: number, draw: () => number) => Array.from({ length }, draw);
  const texts = [0, 1, 2, 3, 4, 5].flatMap(() => [
    tokenizer.decode(fill(120, () => 1 + random.below(4095))),
    String.fromCharCode(...fill(300, () => 33 + random.below(94))),
    Buffer.from(fill(240, () => random.below(256))).toString("base64"),
  ]);
  return texts.map(tokensOf);
}

it("lets pass what somebody wrote, also what the base has never read, and stops what nobody wrote", async () => {
  const texts = await Promise.all(written().map(read));
  const junk = await Promise.all(drawn().map(read));

  expect(texts.filter((reading) => reading!.isNoise)).toEqual([]);
  expect(junk.filter((reading) => !reading!.isNoise).length).toBeLessThanOrEqual(1);
  // prose would be refused by its loss alone
  expect(texts.slice(-PROSE.length).every((reading) => reading!.loss > reading!.lossLimit)).toBe(true);
}, 120_000);

it("reads the same text the same way twice", async () => {
  const [first] = drawn();

  expect(await read(first!)).toEqual(await read(first!));
});

it("says nothing of a text too short for a mean", async () => {
  expect(await read(drawn()[0]!.slice(0, 31))).toBeUndefined();
  expect(await read(drawn()[0]!.slice(0, 32))).toBeDefined();
});

it("is no judge of a script that the base has no tokens for", async () => {
  const text =
    "早上下雨的时候,老人坐在门口修理他的渔网。孩子们跑来跑去,问他海的那边有什么。他笑了笑,说那边也有一个老人。";

  expect(await read(tokensOf(text))).toBeUndefined();
});

it("ranks texts above junk by what their order is worth", async () => {
  const worth = async (ids: number[]) => {
    const { gain, loss, lossLimit } = (await read(ids))!;
    return gain ?? (loss <= lossLimit ? 10 : 0);
  };
  const [texts, junk] = await Promise.all([written(), drawn()].map((all) => Promise.all(all.map(worth))));

  const pairs = texts!.flatMap((text) => junk!.map((other) => Number(text > other) + Number(text === other) / 2));
  expect(pairs.reduce((sum, one) => sum + one, 0) / pairs.length).toBeGreaterThan(0.98);
}, 120_000);

it("refuses a base with too few decoys", async () => {
  const { base, hash } = await runtime.attribution();
  const poor = {
    architecture: runtime.architecture,
    hiddenStates: runtime.hiddenStates.bind(runtime),
    attribution: async () => ({ hash, base: { ...base, decoys: base.decoys.slice(0, 31) } }),
  };

  await expect(NoiseGate.calibrate(poor)).rejects.toMatchObject({ code: "base_malformed" });
});
