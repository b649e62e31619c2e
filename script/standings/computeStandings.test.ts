import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadAdapter, loadModel, publishGradients, Tokenizer } from "@openledger/engine";
import { ContentErasedError, contentHash } from "@openledger/sdk";
import type { Hex } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { repositoryRoot } from "../devnet/repositoryRoot.js";
import type { VersionRecord } from "../registered/readRecords.js";
import type { AdaptedBase } from "../registered/readRegisteredModel.js";
import { sketchPaths } from "../registered/recordSketches.js";
import { computeStandings } from "./computeStandings.js";

const WORDS = ["transfer", "balance", "owner", "router", "plugin", "hook", "median", "matrix", "planet"];
const [ann, ben] = [`0x${"a".repeat(40)}`, `0x${"b".repeat(40)}`] as const;
const textOf = (i: number) =>
  Array.from({ length: 24 }, (_, k) => `${WORDS[(i * 5 + k * (i + 2)) % WORDS.length]}${(i * 7 + k) % 10}`).join(" ");
const texts = [0, 1, 2, 3, 4, 5, 6, 7].map(textOf);
// the ninth is the first again, and the tenth is too long
const records = [...texts, texts[0]!, texts.join(" ").repeat(9)].map(
  (text, record): VersionRecord => ({
    datanet: 1n,
    version: 1,
    record,
    contribution: BigInt(record),
    contributor: record % 2 === 0 ? ann : ben,
    source: `${record}`,
    text,
  }),
);

let folder: string;
let model: AdaptedBase;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "openledger-standings-"));
  const dir = join(repositoryRoot, "engine", "fixtures", "qwen3");
  const base = await loadModel(dir);
  model = {
    base,
    tokenizer: await Tokenizer.load(dir),
    adapter: await loadAdapter(join(dir, "adapter"), base.architecture),
    baseWeightsRoot: `0x${"ba".repeat(32)}`,
    adapterWeightsRoot: `0x${"ad".repeat(32)}`,
  };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("computeStandings", () => {
  const asked = [{ prompt: "", text: texts[3]! }];
  const options = (onProgress?: (phase: string, done: number, all: number) => void) => ({
    kind: "int8" as const,
    threads: 1,
    folder,
    ...(onProgress && { onProgress }),
  });

  it("puts the record first that a text was taken from, and leaves copies and long ones out", async () => {
    const found = await computeStandings(model, records, asked, options());
    const best = [...found.records].sort((a, b) => b.standing - a.standing)[0];

    expect(best!.record).toBe(3);
    expect(found.unread).toEqual([8, 9]);
    expect(found.records.slice(8).map(({ standing }) => standing)).toEqual([0, 0]);
    expect(found.contributors.map(({ contributor }) => contributor).sort()).toEqual([ann, ben]);
  });

  it("keeps basis and sketches: with other texts it scores alone, and with the same it finds the same", async () => {
    const first = await computeStandings(model, records, asked, options());
    const phases = new Set<string>();
    const again = await computeStandings(
      model,
      records,
      asked,
      options((phase) => phases.add(phase)),
    );
    expect([...phases]).toEqual(["texts", "scores"]);
    expect(again).toEqual(first);

    const others = await computeStandings(model, records, [{ prompt: texts[3]!, text: ` ${texts[5]!}` }], options());
    expect(others.sketchesRoot).toBe(first.sketchesRoot);
    expect(others.records).not.toEqual(first.records);
  });

  it("tells the same by what was published, of which it makes nothing, and refuses what is of other records", async () => {
    const first = await computeStandings(model, records, asked, options());
    const store = new Map<Hex, Uint8Array>();
    const put = async (bytes: Uint8Array) => {
      store.set(contentHash(bytes), bytes.slice());
      return { hash: contentHash(bytes) };
    };
    const hash = await publishGradients(sketchPaths(folder, "int8"), { put });
    const content = { get: async (wanted: Hex) => store.get(wanted)! };
    const elsewhere = join(folder, "elsewhere");
    const committed = { ...options(), kind: "1-bit" as const, folder: elsewhere, committed: { hash, content } };

    expect(await computeStandings(model, records, asked, committed)).toEqual(first);
    expect(await readdir(elsewhere)).toEqual([hash]);
    const others = records.map((one) => (one.record === 4 ? { ...one, text: `${one.text} and more` } : one));
    await expect(computeStandings(model, others, asked, committed)).rejects.toMatchObject({
      code: "gradients_unusable",
      message: expect.stringMatching(/the tokens of record 4.*--own makes others here/),
    });
    const gone = {
      get: async () => {
        throw new ContentErasedError("http://store");
      },
    };
    await expect(
      computeStandings(model, records, asked, { ...committed, committed: { hash, content: gone } }),
    ).rejects.toMatchObject({ code: "gradients_unusable" });
  });

  it("fits and sketches again what is damaged, and what is of other records", async () => {
    const first = await computeStandings(model, records, asked, options());
    const path = join(folder, "basis.bin");
    await writeFile(path, (await readFile(path)).fill(1, 200, 210));
    expect(await computeStandings(model, records, asked, options())).toEqual(first);

    const fewer = await computeStandings(model, records.slice(0, 7), asked, options());
    expect(fewer.basisRoot).not.toBe(first.basisRoot);
  });
});
