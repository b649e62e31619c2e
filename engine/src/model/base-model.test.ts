import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { textLoss } from "../train/text-loss.js";
import { checkHash, loadModel } from "./model-folder.js";
import { Tokenizer } from "./tokenizer.js";

const DIR = fileURLToPath(new URL("../../models/base/", import.meta.url));

interface BaseManifest {
  format: string;
  weights: { hash: string; bytes: number };
  tokenizer: { hash: string };
  heldOutBitsPerByte: string;
}

/** Written for this test: prose and code of the kind that the base learned from, and in no package. */
const TEXT = `## Configuration

The \`connect\` function returns a promise that resolves when the connection is open. By default it tries again three
times; set \`retries\` to 0 to turn this off.

\`\`\`ts
export interface ConnectOptions {
  /** The number of milliseconds to wait for an answer. */
  readonly timeout?: number;
  readonly retries?: number;
}
\`\`\`
`;

test("the base model is the one of its manifest and predicts text of its kind", async () => {
  const manifest = JSON.parse(readFileSync(`${DIR}manifest.json`, "utf8")) as BaseManifest;
  const weights = readFileSync(`${DIR}model.safetensors`);
  checkHash(weights, manifest.weights.hash, "model.safetensors");
  checkHash(readFileSync(`${DIR}tokenizer.json`), manifest.tokenizer.hash, "tokenizer.json");

  const tokenizer = await Tokenizer.load(DIR);
  const model = await loadModel(DIR);
  const ids = tokenizer.encode(TEXT);
  const { nats, tokens } = await textLoss(model, [ids], { length: 256, threads: 1 });

  expect(manifest.format).toBe("openledger.base/1");
  expect(Number(manifest.heldOutBitsPerByte)).toBeLessThanOrEqual(1.7);
  expect(weights.byteLength).toBeLessThanOrEqual(12 * 1024 * 1024);
  expect(tokenizer.vocabulary).toBe(model.architecture.vocabulary);
  expect(tokens).toBe(ids.length);
  // A uniform guess over the vocabulary costs 12 bits a token, about 4 a byte.
  expect(nats / Math.LN2 / Buffer.byteLength(TEXT)).toBeLessThan(2);
});
