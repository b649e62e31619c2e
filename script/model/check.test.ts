import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const SCRIPT = fileURLToPath(new URL("./check.js", import.meta.url));
const FIXTURES = fileURLToPath(new URL("../../../engine/fixtures/", import.meta.url));

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "model-check-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

function check(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, ...args], { encoding: "utf8" });
  return { status, lines: stdout.trimEnd().split("\n"), stderr };
}

test("a folder that agrees prints a line a case, writes them as JSON and ends with 0", () => {
  const json = join(dir, "out.json");

  const { status, lines, stderr } = check(join(FIXTURES, "gpt2"), "--json", json);

  expect([status, stderr]).toEqual([0, ""]);
  expect(lines).toHaveLength(21);
  expect(lines[0]).toBe("tokens    case 1   25 of 25 tokens equal                agrees");
  expect(lines[3]).toMatch(/^logits {4}case 1 {3}\d\.\de-\d of the largest \|logit\| {8}agrees$/);
  expect(lines[15]).toMatch(/^training {2}step 1 {3}\d\.\de[+-]\d nats from 6\.253140 {12}agrees$/);
  expect(lines[20]).toBe("20 agree, 0 differ, 0 absent");
  const { results } = JSON.parse(readFileSync(json, "utf8"));
  expect(results).toHaveLength(20);
  expect(results[3]).toMatchObject({ check: "logits", name: "case 1", verdict: "agrees" });
});

test("a folder that is off in one case says so and ends with 1", () => {
  cpSync(join(FIXTURES, "qwen2"), dir, { recursive: true });
  const reference = JSON.parse(readFileSync(join(dir, "reference.json"), "utf8"));
  reference.cases[1].greedy_ids[5] += 1;
  writeFileSync(join(dir, "reference.json"), JSON.stringify(reference));

  const { status, lines } = check(dir);

  expect(status).toBe(1);
  expect(lines.filter((line) => line.endsWith("differs"))).toEqual([
    "greedy    case 2   23 of 24 tokens equal                differs",
  ]);
});

test("a folder that cannot be used ends with 1 and one line of why", () => {
  cpSync(join(FIXTURES, "llama"), dir, { recursive: true });
  const config = JSON.parse(readFileSync(join(dir, "config.json"), "utf8"));
  writeFileSync(join(dir, "config.json"), JSON.stringify({ ...config, rope_parameters: { rope_type: "yarn" } }));

  const { status, stderr } = check(dir);

  expect(status).toBe(1);
  expect(stderr).toBe(
    'config_unsupported: config.json: rope_parameters.rope_type must be "default" or "linear" or "llama3", found "yarn"\n',
  );
});

describe("a reference that would agree because it says nothing", () => {
  const REFERENCE = JSON.parse(readFileSync(join(FIXTURES, "llama", "reference.json"), "utf8"));
  const { cases, adapter_cases, training } = REFERENCE;
  const [{ input_ids, last_logits }] = cases;

  test.each<[string, object, RegExp]>([
    ["no part", {}, /has nothing to check; add cases or training/],
    ["no case", { cases: [] }, /has nothing to check/],
    ["a misspelt part", { case: cases }, /case of the file is not known; known are cases, adapter_cases/],
    ["a misspelt field", { cases: [{ input_ids, lastlogits: last_logits }] }, /lastlogits of cases\[0\] is not known/],
    ["a case of tokens alone", { cases: [...cases, { input_ids }] }, /cases\[3\] has nothing to compare/],
    [
      "an adapter's case of tokens alone",
      { cases, adapter_cases: [{ input_ids }] },
      /adapter_cases\[0\] has nothing to/,
    ],
    [
      "a field of another part",
      { adapter_cases: [{ ...adapter_cases[0], greedy_ids: [1] }] },
      /greedy_ids of .*\[0\] is/,
    ],
    ["no loss", { cases, training: { ...training, loss_per_step: [] } }, /loss_per_step of training must be the loss/],
    [
      "a misspelt rate",
      { training: { ...training, optimizer: { learning_rate: 1 } } },
      /learning_rate of optimizer is/,
    ],
    [
      "more tokens than positions",
      { cases: [{ input_ids: Array.from({ length: 513 }, () => 1), last_logits }] },
      /cases\[0\]: input_ids needs 513 positions, the model has 512/,
    ],
    [
      "more greedy tokens than positions",
      { cases: [{ input_ids: [1], greedy_ids: Array.from({ length: 512 }, () => 1) }] },
      /cases\[0\]: greedy_ids needs 513 positions/,
    ],
    [
      "longer rows than positions",
      { training: { ...training, batch: [Array.from({ length: 514 }, () => 1)] } },
      /training: batch needs 513 positions/,
    ],
  ])("with %s ends with 1", (_name, reference, message) => {
    cpSync(join(FIXTURES, "llama"), dir, { recursive: true });
    writeFileSync(join(dir, "reference.json"), JSON.stringify(reference));

    const { status, stderr } = check(dir);

    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^reference_malformed: /);
    expect(status).toBe(1);
  });
});

test.each([[[]], [["a", "b"]], [["a", "--threads", "0"]], [["a", "--what"]]])(
  "called with %j it shows how, and ends with 2",
  (args) => {
    const { status, stderr } = check(...args);

    expect(status).toBe(2);
    expect(stderr).toMatch(/Usage: npm run model:check -- FOLDER/);
  },
);
