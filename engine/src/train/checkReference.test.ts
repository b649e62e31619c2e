import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FAMILIES, fixtureDir } from "../model/testing/fixtures.js";
import { checkReference, type ReferenceResult } from "./checkReference.js";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "reference-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

interface ReferenceJson {
  readonly cases: {
    prompt: string;
    readonly last_logits: number[];
    logits_sum_abs: number;
    readonly greedy_ids: number[];
  }[];
  readonly adapter_cases: { readonly last_logits: number[] }[];
  readonly training: { readonly loss_per_step: number[] };
}

async function all(folder: string): Promise<ReferenceResult[]> {
  const results: ReferenceResult[] = [];
  for await (const result of checkReference(folder)) results.push(result);
  return results;
}

/** A copy of the Llama fixture with another reference. */
function copyWith(change: (reference: ReferenceJson) => object): string {
  cpSync(fixtureDir("llama"), dir, { recursive: true });
  const reference = JSON.parse(readFileSync(join(dir, "reference.json"), "utf8"));
  writeFileSync(join(dir, "reference.json"), JSON.stringify(change(reference)));
  return dir;
}

const verdicts = (results: readonly ReferenceResult[]): string[] =>
  results.map(({ check, name, verdict }) => `${check} ${name} ${verdict}`.replace("  ", " "));

test.each(FAMILIES)("%s agrees with transformers, peft and torch in every case", async (family) => {
  const results = await all(fixtureDir(family));

  const cases = [1, 2, 3].map((n) => `case ${n}`);
  expect(verdicts(results)).toEqual([
    ...cases.map((name) => `tokens ${name} agrees`),
    ...cases.flatMap((name) => ["logits", "sum", "greedy"].map((check) => `${check} ${name} agrees`)),
    ...cases.map((name) => `adapter ${name} agrees`),
    ...[1, 2, 3, 4, 5].map((n) => `training step ${n} agrees`),
  ]);
  // Far inside the tolerance of 1e-4, so that a formula that is nearly right shows.
  for (const { distance, check, name } of results) expect(distance, `${check} ${name}`).toBeLessThan(5e-6);
});

describe("a reference", () => {
  test("that says otherwise in one place of each kind is found out there", async () => {
    const folder = copyWith((reference) => {
      const { cases, adapter_cases, training } = reference;
      const largest = Math.max(...cases[1]!.last_logits.map(Math.abs));
      cases[0]!.prompt += "!";
      cases[1]!.last_logits[500]! += 1.1e-4 * largest;
      cases[2]!.logits_sum_abs *= 1.0002;
      cases[2]!.greedy_ids[23]! += 1;
      adapter_cases[1]!.last_logits[0]! += 1e-2;
      training.loss_per_step[3]! += 1.1e-4;
      return { cases, adapter_cases, training };
    });

    const different = verdicts(await all(folder)).filter((line) => !line.endsWith("agrees"));

    expect(different).toEqual([
      "tokens case 1 differs",
      "logits case 2 differs",
      "sum case 3 differs",
      "greedy case 3 differs",
      "adapter case 2 differs",
      "training step 4 differs",
    ]);
  });

  test("that lacks sections has them reported as absent", async () => {
    const folder = copyWith(() => ({}));
    rmSync(join(folder, "adapter"), { recursive: true });

    expect(verdicts(await all(folder))).toEqual(
      ["tokens", "logits", "sum", "greedy", "adapter", "training"].map((check) => `${check} absent`),
    );
  });

  test.each<[string, object, RegExp]>([
    ["cases that are no list", { cases: 7 }, /cases of the file must be a list/],
    ["a case without tokens", { cases: [{ prompt: "x" }] }, /input_ids must be a list of one token or more/],
    ["a token beyond the vocabulary", { cases: [{ input_ids: [512] }] }, /token 512, the model has 512/],
    ["logits of another size", { cases: [{ input_ids: [1], last_logits: [1, 2] }] }, /last_logits has 2 numbers/],
    ["training by another rule", { training: { optimizer: { name: "SGD" } } }, /name of optimizer must be "AdamW"/],
  ])("with %s is refused", async (_name, reference, message) => {
    await expect(all(copyWith(() => reference))).rejects.toMatchObject({
      code: "reference_malformed",
      message: expect.stringMatching(message),
    });
  });

  test("that is not there is asked for", async () => {
    await expect(all(dir)).rejects.toMatchObject({ code: "file_unreadable" });
  });
});
