/** On the shipped base: pages of this repository against what nobody wrote. */
import { readFileSync } from "node:fs";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { exportTensors } from "../../model/importWeights.js";
import { loadModel } from "../../model/model-folder.js";
import { writeSafetensors } from "../../model/safetensors.js";
import { fixtureDir } from "../../model/testing/fixtures.js";
import { Tokenizer } from "../../model/tokenizer.js";
import { Random } from "../../train/random.js";
import type { AdapterTrainingProgress } from "../../train/run-adapter-training.js";
import { AdapterProbe, type AdapterProbeOptions, type ProbeReading } from "./AdapterProbe.js";

const ROOT = new URL("../../../../", import.meta.url);
const modelDir = fileURLToPath(new URL("engine/models/base/", ROOT));
/** A little above what a probe needs. */
const TOKENS = 4200;

let tokenizer: Tokenizer;
let probe: AdapterProbe;

beforeAll(async () => {
  tokenizer = await Tokenizer.load(modelDir);
  probe = new AdapterProbe({ modelDir, tokenizer, context: 256, threads: 2 });
});

/** Ports of workers keep a process alive, and count among what does. */
const threadCount = (): number =>
  process.getActiveResourcesInfo().filter((resource) => resource === "MessagePort").length;

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const PAGES = ["epochs", "courts", "disputes", "governance", "staking"].map((name) => `docs/contracts/${name}.md`);
const nodes = readFileSync(new URL("docs/nodes.md", ROOT), "utf8");
const pages = PAGES.map((page) => readFileSync(new URL(page, ROOT), "utf8")).join("\n");

/** Pieces of pages, about so many tokens together. */
function pieces(text: string, tokens = TOKENS): string[] {
  return upTo(tokens, (at) => text.slice(at * 240, at * 240 + 240));
}

function upTo(tokens: number, text: (at: number) => string): string[] {
  const texts: string[] = [];
  for (let left = tokens; left > 0; ) {
    const next = text(texts.length);
    texts.push(next);
    left -= tokenizer.encode(next).length;
  }
  return texts;
}

function read(texts: readonly string[], earlier: readonly string[] = []) {
  return probe.read({ records: texts.map(bytes), earlier: earlier.map(bytes), seed: 11 });
}

async function reading(texts: readonly string[], earlier: readonly string[] = []): Promise<ProbeReading> {
  const found = await read(texts, earlier);
  expect(found).toMatchObject({ kind: "reading" });
  return found as ProbeReading;
}

describe("a probe", () => {
  it("learns from what somebody wrote what carries over to its others", async () => {
    const found = await reading(pieces(pages), pieces(nodes, 600));

    expect(found.lossAfter).toBeLessThan(found.lossBefore - 0.1);
    expect(found.orderAfter.mean).toBeGreaterThan(3 * found.orderLimit);
    expect(found.harm!.mean).toBeLessThan(found.harmLimit / 2);
    expect(found).toMatchObject({ refusal: undefined, seed: 11 });
    expect(found.heldOutTokens).toBeGreaterThan(TOKENS / 4);
    expect(found.trainedTokens + found.heldOutTokens).toBeGreaterThanOrEqual(TOKENS);
  }, 60_000);

  it.each<[string, (random: Random) => string]>([
    ["random hexadecimal", (random) => Array.from({ length: 240 }, () => random.below(16).toString(16)).join("")],
    [
      "words in a random order",
      (random) => {
        const words = pages.match(/\w+/g)!;
        return Array.from({ length: 40 }, () => words[random.below(words.length)]).join(" ");
      },
    ],
  ])(
    "learns to expect %s, and finds no gain in it",
    async (_what, draw) => {
      const random = new Random(5);

      const found = await reading(upTo(TOKENS, () => draw(random)));

      expect(found.lossAfter).toBeLessThan(found.lossBefore - 0.1);
      expect(found.orderAfter.mean).toBeLessThan(found.orderLimit / 2);
      expect(found).toMatchObject({ refusal: "no_gain", harm: undefined });
    },
    60_000,
  );

  it("finds harm in what can be learned, but undoes what the Datanet holds", async () => {
    const spelledBack = (at: number): string => [...pages.slice(at * 90, at * 90 + 90)].reverse().join(" ");

    const found = await reading(upTo(TOKENS, spelledBack), pieces(pages, 2400));

    expect(found.orderAfter.mean).toBeGreaterThan(found.orderLimit);
    expect(found.harm!.mean).toBeGreaterThan(found.harmLimit);
    expect(found.refusal).toBe("harm");
  }, 60_000);
});

describe("a probe of a small model", () => {
  const small = (more: Partial<AdapterProbeOptions> = {}) =>
    new AdapterProbe({ modelDir: fixtureDir("llama"), tokenizer: smallTokenizer, context: 256, ...more });
  const texts = Array.from({ length: 900 }, (_, at) => bytes(`Record ${at} says that ${at * 7919} follows.`));
  let smallTokenizer: Tokenizer;

  beforeAll(async () => {
    smallTokenizer = await Tokenizer.load(fixtureDir("llama"));
  });

  it("reads the same the same way twice, and no more than it may, however much there is", async () => {
    const input = { records: texts.slice(450), earlier: texts.slice(0, 450), seed: 2 ** 32 - 1 };

    const first = await small().read(input);

    const { trainedTokens, heldOutTokens } = first as ProbeReading;
    expect(texts.length * 10).toBeGreaterThan(8192);
    expect(trainedTokens + heldOutTokens).toBeLessThanOrEqual(8192);
    expect(trainedTokens + heldOutTokens).toBeGreaterThan(8192 - 256);
    expect(await small().read(input)).toEqual(first);
    expect(await small().read({ ...input, seed: 1 })).not.toEqual(first);
  }, 60_000);

  it.each(["measuring", "training"] as const)("ends its thread when it is aborted while %s", async (phase) => {
    const controller = new AbortController();
    const onProgress = (entry: AdapterTrainingProgress): void => {
      if (entry.phase === phase) controller.abort(new Error("stop here"));
    };
    const threads = threadCount();

    const stopped = small({ onProgress }).read({ records: texts, earlier: [], seed: 1, signal: controller.signal });

    await expect(stopped).rejects.toThrow("stop here");
    expect(threadCount()).toBe(threads);
  });

  it("has no say where the loss is no number", async () => {
    const modelDir = await mkdtemp(join(tmpdir(), "probe-"));
    const { architecture, weights } = await loadModel(fixtureDir("llama"));
    const broken = new Map([...weights].map(([name, values]) => [name, values.map((value) => value * 1e30)]));
    for (const name of ["config.json", "tokenizer.json"])
      await cp(join(fixtureDir("llama"), name), join(modelDir, name));
    const file = writeSafetensors(exportTensors(architecture, broken), "F32");
    await writeFile(join(modelDir, "model.safetensors"), file);

    const found = await small({ modelDir }).read({ records: texts, earlier: [], seed: 1 });

    await rm(modelDir, { recursive: true });
    expect(found).toMatchObject({ kind: "silence", because: "diverged" });
  });
});

describe("a probe has no say", () => {
  it.each<[string, string[]]>([
    ["of next to nothing", ["The keeper wrote of the storm.", "At five the baker opened."]],
    [
      "of too few tokens in many records",
      Array.from({ length: 120 }, (_, at) => `Record ${at} says that ${at * 7919} follows ${at + 3}.`),
    ],
    ["of too few records", Array.from({ length: 18 }, (_, at) => `${at} `.repeat(120))],
    ["of what is longer than the base reads", [`${"tide and lamp ".repeat(2000)}`]],
    [
      "of a script that the base has no tokens for",
      Array.from({ length: 120 }, () => "早上下雨的时候老人坐在门口".repeat(3)),
    ],
  ])("%s", async (_what, texts) => {
    expect(await read(texts)).toMatchObject({ kind: "silence", because: "few_tokens" });
  });

  it("where its base cannot be read, and says so", async () => {
    const elsewhere = new AdapterProbe({ modelDir: "/nonexistent", tokenizer, context: 256 });

    const found = await elsewhere.read({ records: pieces(pages).map(bytes), earlier: [], seed: 1 });

    expect(found).toMatchObject({ kind: "silence", because: "failed", found: expect.stringContaining("nonexistent") });
  });
});
