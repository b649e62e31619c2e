import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { promisify } from "node:util";
import { poolAccount, SHARE_WHOLE } from "@openledger/sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadModel } from "../model/model-folder.js";
import { openRuntime } from "../serve/openRuntime.js";
import type { Runtime } from "../serve/Runtime.js";
import { addAttribution, copyTestModel } from "../serve/testModel.js";
import { Random } from "../train/random.js";
import { answerCodes, answerWindows } from "./answerCodes.js";
import { attributeAnswer } from "./attributeAnswer.js";
import type { AnswerAttribution } from "./attributeCodes.js";
import { fitAttributionBase } from "./fitAttributionBase.js";
import { AttributionIndex } from "./kernel/AttributionIndex.js";
import { buildIndex } from "./kernel/buildIndex.js";
import { RunningAttribution } from "./RunningAttribution.js";

const ACCOUNTS = ["0x00000000000000000000000000000000000000a1", "0x00000000000000000000000000000000000000b2"] as const;

function randomIds(random: Random, length: number): number[] {
  return Array.from({ length }, () => 1 + random.below(500));
}

let dir: string;
let runtime: Runtime;
let index: AttributionIndex;
const random = new Random(11);
const records = Array.from({ length: 8 }, () => ({ ids: randomIds(random, 60) }));
beforeAll(async () => {
  dir = copyTestModel();
  const bare = await openRuntime({ modelDir: dir });
  addAttribution(
    dir,
    await fitAttributionBase(
      bare,
      await loadModel(dir),
      Array.from({ length: 64 }, () => randomIds(random, 100)),
    ),
  );
  await bare.close();
  runtime = await openRuntime({ modelDir: dir });
  index = await buildIndex(runtime, records);
});
afterAll(async () => {
  await runtime.close();
  rmSync(dir, { recursive: true });
});

describe("codes", () => {
  test("are equal bits in another process", async () => {
    const program = `
      import { openRuntime } from ${JSON.stringify(new URL("../serve/openRuntime.js", import.meta.url).href)};
      const runtime = await openRuntime({ modelDir: ${JSON.stringify(dir)} });
      const { codes, surprises } = await runtime.codes(${JSON.stringify(records[0]!.ids)});
      process.stdout.write(Buffer.from(codes).toString("hex") + Buffer.from(surprises).toString("hex"));
      await runtime.close();`;

    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program]);

    const here = await runtime.codes(records[0]!.ids);
    expect(stdout).toBe(Buffer.from(here.codes).toString("hex") + Buffer.from(here.surprises).toString("hex"));
    expect(here.codes.some((byte) => byte !== here.codes[0])).toBe(true);
  });

  test("of a position do not depend on what follows it", async () => {
    const whole = await runtime.codes(records[0]!.ids);
    const part = await runtime.codes(records[0]!.ids.slice(0, 20));

    expect(part.codes).toEqual(whole.codes.slice(0, part.codes.length));
  });
});

describe("decoys", () => {
  test("are read as records and answers are", async () => {
    const { base } = await runtime.attribution();
    expect(base.decoys).toHaveLength(64);
    for (const decoy of [base.decoys[0]!, base.decoys[63]!]) {
      const served = await runtime.codes([...decoy.ids]);
      expect(served.codes).toEqual(decoy.codes);
    }
  });
});

describe("an index", () => {
  test("has the same root when it is built again, also from a cache that stopped half way", async () => {
    const kept = new Map<string, Awaited<ReturnType<Runtime["codes"]>>>();
    const abort = new AbortController();
    const cache = {
      get: (ids: readonly number[]) => kept.get(ids.join()),
      set: (ids: readonly number[], row: Awaited<ReturnType<Runtime["codes"]>>) => {
        kept.set(ids.join(), row);
      },
    };
    const stopped = buildIndex(runtime, records, {
      cache,
      signal: abort.signal,
      onProgress: (done) => done === 3 && abort.abort(),
    });
    await expect(stopped).rejects.toMatchObject({ code: "aborted" });
    expect(kept.size).toBe(3);

    const again = await buildIndex(runtime, records, { cache });

    expect(again.root).toBe(index.root);
    expect(again.root).toBe(index.root);
  });

  test("refuses a record that is too long before any work", async () => {
    await expect(buildIndex(runtime, [{ ids: new Array(257).fill(1) }])).rejects.toMatchObject({
      code: "record_too_long",
    });
  });
});

describe("attributing an answer", () => {
  const version = () => ({ datanet: 7n, version: 1, index, contributors: records.map((_, i) => ACCOUNTS[i % 2]!) });

  test("that repeats a record names it first, with the span that was repeated", async () => {
    const { ids } = records[3]!;

    const { records: found, shares } = await attributeAnswer(runtime, {
      versions: [version()],
      promptIds: ids.slice(0, 20),
      outputIds: ids.slice(20, 60),
    });

    expect(found[0]).toMatchObject({ datanet: 7n, version: 1, recordIndex: 3n, contributor: ACCOUNTS[1] });
    expect(found[0]!.share).toBeGreaterThan(SHARE_WHOLE / 8);
    expect(found[0]!.span[0]).toBeGreaterThanOrEqual(20);
    expect(shares.reduce((sum, { share }) => sum + share, 0)).toBe(SHARE_WHOLE);
  });

  test("of random tokens leaves almost all to the pool", async () => {
    const other = new Random(77);

    const { shares } = await attributeAnswer(runtime, {
      versions: [version()],
      promptIds: randomIds(other, 20),
      outputIds: randomIds(other, 64),
    });

    expect(shares[0]!.account).toBe(poolAccount(7n));
    expect(shares[0]!.share).toBeGreaterThan(0.8 * SHARE_WHOLE);
  });

  test("refuses an index of another base", async () => {
    const foreign = AttributionIndex.of(
      { rows: [], baseWeightsRoot: `0x${"ab".repeat(32)}`, attributionHash: index.attributionHash },
      [],
    );

    const call = attributeAnswer(runtime, {
      versions: [{ datanet: 7n, version: 1, index: foreign, contributors: [] }],
      promptIds: [1],
      outputIds: [2],
    });

    await expect(call).rejects.toMatchObject({ code: "invalid_request" });
    await expect(call).rejects.toThrow(/0xabab/);
  });
});

describe("an answer that is still being written", () => {
  const version = () => ({ datanet: 7n, version: 1, index, contributors: records.map((_, i) => ACCOUNTS[i % 2]!) });

  const withoutSpans = ({ records: shown, ...rest }: AnswerAttribution) => ({
    ...rest,
    records: shown.map(({ span: _, ...record }) => record),
  });

  /** What is told of an answer as its tokens come, and what each statement cost in passes of the base. */
  async function follow(promptIds: readonly number[], outputIds: readonly number[]) {
    let passes = 0;
    const counting = {
      weightsRoot: runtime.weightsRoot,
      attributionHash: runtime.attributionHash,
      codes: (...args: Parameters<Runtime["codes"]>) => {
        passes++;
        return runtime.codes(...args);
      },
    };
    const running = new RunningAttribution(counting as Runtime, [version()], promptIds);
    const told = [];
    for (let tokens = 1; tokens <= outputIds.length; tokens++) {
      const statement = await running.take(outputIds.slice(0, tokens));
      if (statement === undefined) expect(passes).toBe(0);
      else told.push({ statement, passes });
      passes = 0;
    }
    return told;
  }

  test.each([
    ["that fits into one pass", 20, 60, [16, 32, 48]],
    ["that comes to fill one pass, and goes beyond", 190, 140, [16, 32, 48, 64, 128]],
    ["to a prompt that is longer than a pass", 300, 130, [64, 128]],
  ])("is told of as if it ended there, one %s", async (_, prompt, output, due) => {
    const { ids } = records[3]!;
    const promptIds = [...randomIds(new Random(4), prompt - 20), ...ids.slice(0, 20)];
    const outputIds = [...ids.slice(20, 60), ...randomIds(new Random(5), output - 40)];

    const told = await follow(promptIds, outputIds);

    expect(told.map(({ statement }) => statement.tokens)).toEqual(due);
    for (const { statement } of told) {
      const { tokens, ...attribution } = statement;
      const asked = { versions: [version()], promptIds, outputIds: outputIds.slice(0, tokens) };
      expect(attribution).toEqual(withoutSpans(await attributeAnswer(runtime, asked)));
    }
    expect(Math.max(...told.map(({ statement }) => statement.records.length))).toBeGreaterThan(0);
  });

  test("costs one pass for each statement, but for one where the answer outgrows a pass", async () => {
    const told = await follow(randomIds(new Random(6), 190), randomIds(new Random(7), 200));

    expect(told.map(({ statement, passes }) => [statement.tokens, passes])).toEqual([
      [16, 1],
      [32, 1],
      [48, 1],
      [64, 1],
      [128, 2],
      [192, 1],
    ]);
  });

  test("that was not read to its end goes on from there", async () => {
    const { ids } = records[3]!;
    const running = new RunningAttribution(runtime, [version()], ids.slice(0, 20));
    const aborted = AbortSignal.abort(new Error("not now"));

    await expect(running.take(ids.slice(20, 40), { signal: aborted })).rejects.toThrow();
    const { tokens, ...attribution } = (await running.take(ids.slice(20, 60)))!;

    const asked = { versions: [version()], promptIds: ids.slice(0, 20), outputIds: ids.slice(20, 60) };
    expect(tokens).toBe(40);
    expect(attribution).toEqual(withoutSpans(await attributeAnswer(runtime, asked)));
  });
});

describe("windows of an answer", () => {
  test("cover each answer position once, with 256 tokens at most", () => {
    expect(answerWindows(100, 156)).toEqual([{ start: 0, from: 100, to: 256 }]);
    expect(answerWindows(100, 157)).toEqual([
      { start: 0, from: 100, to: 164 },
      { start: 0, from: 164, to: 228 },
      { start: 1, from: 228, to: 257 },
    ]);
    expect(answerWindows(400, 70)).toEqual([
      { start: 208, from: 400, to: 464 },
      { start: 214, from: 464, to: 470 },
    ]);
    expect(answerWindows(10, 0)).toEqual([]);
  });

  test("read what each position's own last 256 tokens say", async () => {
    const ids = randomIds(new Random(3), 300);

    const codes = await answerCodes(runtime, ids.slice(0, 230), ids.slice(230));

    const last = await runtime.codes(ids.slice(44, 300), { before: ids[43], from: 250 });
    expect([...codes.ids]).toEqual(ids.slice(230));
    expect(codes.codes.slice(-6 * 16)).toEqual(last.codes);
  });
});
