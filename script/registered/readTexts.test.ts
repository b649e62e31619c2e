import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Tokenizer } from "@openledger/engine";
import { afterAll, describe, expect, it } from "vitest";
import { repositoryRoot } from "../devnet/repositoryRoot.js";
import { seedPackages } from "../seed/packages.js";
import { HELD_OUT_PER_PACKAGE } from "../story/seedDatanet.js";
import { readTexts, seedTexts } from "./readTexts.js";

const folder = await mkdtemp(join(tmpdir(), "openledger-texts-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

const fileOf = async (content: string): Promise<string> => {
  const path = join(folder, "texts.json");
  await writeFile(path, content);
  return path;
};

describe("readTexts", () => {
  it("takes texts, and answers with their prompts", async () => {
    const path = await fileOf('["whole", {"text": "alone"}, {"prompt": "asked", "text": "answered"}]');
    expect(await readTexts(path)).toEqual([
      { prompt: "", text: "whole" },
      { prompt: "", text: "alone" },
      { prompt: "asked", text: "answered" },
    ]);
  });

  it.each(["", "{}", "[]", "[3]", "[null]", '[{"prompt": "p"}]', '[{"text": "t", "prompt": 1}]'])(
    "refuses %j",
    async (content) => {
      await expect(readTexts(await fileOf(content))).rejects.toMatchObject({ code: "no_texts" });
    },
  );

  it("refuses a file that is not there", async () => {
    await expect(readTexts(join(folder, "none.json"))).rejects.toMatchObject({ code: "no_texts" });
  });
});

describe("seedTexts", () => {
  it("are what the story kept from training", async () => {
    const tokenizer = await Tokenizer.load(join(repositoryRoot, "engine", "models", "base"));
    const split = {
      chunker: "openledger.chunk/1",
      heldOut: `${HELD_OUT_PER_PACKAGE} pieces of each package, evenly spread`,
    };
    const texts = await seedTexts(split, tokenizer);

    expect(texts).toHaveLength(HELD_OUT_PER_PACKAGE * (await seedPackages()).length);
    const other = seedTexts({ ...split, heldOut: "a tenth" }, tokenizer);
    await expect(other).rejects.toMatchObject({ code: "no_texts" });
  });
});
