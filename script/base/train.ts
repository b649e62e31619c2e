/**
 * Makes the base model again, from the installed packages to the committed folder: corpus, tokenizer, weights,
 * manifest. `npm run base:train`; a run that is stopped goes on from its checkpoint.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import {
  architectureConfig,
  decodeCheckpoint,
  encodeCheckpoint,
  loadModel,
  parameterShapes,
  Tokenizer,
  textLoss,
  trainByteLevelBpe,
  trainWeights,
  WordEncoder,
  writeSafetensors,
} from "@openledger/engine";
import { canonicalJson, fractionsAsText, weightsRoot } from "@openledger/sdk";
import { addAttribution } from "./addAttribution.js";
import { BASE_ARCHITECTURE } from "./architecture.js";
import { type CorpusFile, type CorpusSource, collectCorpus, eligibleSources } from "./corpus.js";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const SOURCES = join(ROOT, "script/base/packages.json");
const TOKENIZER_SAMPLE_BYTES = 20_000_000;
const CHECKPOINT_EVERY = 100;
const RECIPE = {
  seed: 1,
  batch: 8,
  length: 256,
  peak: 3e-3,
  floor: 0.1,
  warmupSteps: 100,
  clipNorm: 1,
  optimizer: { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1 },
} as const;

const { values: options } = parseArgs({
  options: {
    steps: { type: "string", default: "2200" },
    hold: { type: "string", default: "1800" },
    threads: { type: "string", default: "2" },
    out: { type: "string", default: join(ROOT, "engine/models/base") },
    state: { type: "string", default: join(ROOT, ".openledger/base") },
    repin: { type: "boolean", default: false },
  },
});
if (options.repin) {
  const lines = eligibleSources(ROOT).map(
    ({ folder, version }) => `  { "folder": ${JSON.stringify(folder)}, "version": ${JSON.stringify(version)} }`,
  );
  writeFileSync(SOURCES, `[\n${lines.join(",\n")}\n]\n`);
}
await main(Number(options.steps), Number(options.hold), Number(options.threads), options.out, options.state);

async function main(steps: number, hold: number, threads: number, out: string, state: string): Promise<void> {
  mkdirSync(out, { recursive: true });
  mkdirSync(state, { recursive: true });
  const corpus = collectCorpus(ROOT, JSON.parse(readFileSync(SOURCES, "utf8")) as CorpusSource[]);
  const train = corpus.files.filter((file) => file.split === "train");
  const heldOut = corpus.files.filter((file) => file.split === "heldOut");
  report(`corpus: ${corpus.packages.length} packages, ${train.length} files, ${heldOut.length} held out`);

  const tokenizerJson = trainByteLevelBpe(sample(train), BASE_ARCHITECTURE.vocabulary);
  const encoder = new WordEncoder(Tokenizer.parse(tokenizerJson));
  const stream = streamOf(train, encoder);
  report(`tokenizer: ${stream.length} training tokens`);

  const checkpointFile = join(state, "checkpoint.safetensors");
  const from = existsSync(checkpointFile) ? decodeCheckpoint(readFileSync(checkpointFile), checkpointFile) : undefined;
  const started = performance.now();
  let smoothed: number | undefined;
  const weights = await trainWeights({
    ...RECIPE,
    architecture: BASE_ARCHITECTURE,
    stream,
    threads,
    schedule: {
      peak: RECIPE.peak,
      floor: RECIPE.floor,
      warmupSteps: RECIPE.warmupSteps,
      holdSteps: hold,
      totalSteps: steps,
    },
    ...(from === undefined ? {} : { from }),
    onStep({ step, loss, gradientNorm, learningRate, milliseconds, checkpoint }) {
      smoothed = smoothed === undefined ? loss : 0.98 * smoothed + 0.02 * loss;
      if (step % 20 === 0) {
        const speed = Math.round((RECIPE.batch * RECIPE.length * 1000) / milliseconds);
        const minutes = ((performance.now() - started) / 60_000).toFixed(1);
        const figures = `loss ${smoothed.toFixed(4)} norm ${gradientNorm.toFixed(2)} rate ${learningRate.toFixed(5)}`;
        report(`step ${step}/${steps} ${figures} ${speed} tokens/s ${minutes} min`);
      }
      if (step % CHECKPOINT_EVERY !== 0 && step !== steps) return;
      writeFileSync(`${checkpointFile}.part`, encodeCheckpoint(checkpoint()));
      renameSync(`${checkpointFile}.part`, checkpointFile);
    },
  });

  const weightsFile = encodeWeights(weights);
  const config = architectureConfig(BASE_ARCHITECTURE);
  writeFileSync(join(out, "config.json"), `${JSON.stringify(config, null, 2)}\n`);
  writeFileSync(join(out, "tokenizer.json"), tokenizerJson);
  writeFileSync(join(out, "model.safetensors"), weightsFile);
  const bitsPerByte = await heldOutBitsPerByte(out, heldOut, encoder, threads);
  report(`held-out bits per byte: ${bitsPerByte.toFixed(4)}`);

  const manifest = {
    format: "openledger.base/1",
    architecture: fractionsAsText(config),
    command: `npm run base:train -- --steps ${steps} --hold ${hold} --threads ${threads}`,
    corpus: corpus.packages.map((entry) => ({ ...entry })),
    heldOut: { bitsPerByte: bitsPerByte.toFixed(4), files: heldOut.length, bytes: bytesOf(heldOut) },
    heldOutBitsPerByte: bitsPerByte.toFixed(4),
    recipe: fractionsAsText(RECIPE),
    seed: RECIPE.seed,
    steps,
    tokens: steps * RECIPE.batch * RECIPE.length,
    tokenizer: { hash: sha256(Buffer.from(tokenizerJson)) },
    weights: { hash: sha256(weightsFile), root: weightsRoot(weightsFile), bytes: weightsFile.byteLength },
  };
  writeFileSync(join(out, "manifest.json"), `${canonicalJson(manifest)}\n`);
  await addAttribution(out, heldOut, (text) => encoder.encode(text));
}

/** Every k-th file, so that all packages are in it. */
function sample(files: readonly CorpusFile[]): string[] {
  const every = Math.max(1, Math.floor(bytesOf(files) / TOKENIZER_SAMPLE_BYTES));
  return files.filter((_, i) => i % every === 0).map((file) => file.text);
}

function streamOf(files: readonly CorpusFile[], encoder: WordEncoder): Uint16Array {
  const parts = files.map((file) => encoder.encode(file.text));
  const stream = new Uint16Array(parts.reduce((sum, ids) => sum + ids.length + 1, 0));
  let at = 0;
  for (const ids of parts) {
    stream.set(ids, at);
    at += ids.length;
    stream[at++] = BASE_ARCHITECTURE.endToken;
  }
  return stream;
}

function encodeWeights(weights: ReadonlyMap<string, Float32Array>): Uint8Array {
  const shapes = parameterShapes(BASE_ARCHITECTURE);
  return writeSafetensors(
    new Map([...weights].map(([name, data]) => [name, { shape: shapes.get(name)!, data }])),
    "F16",
  );
}

/** Measured on the folder as it was written: fp16 weights, windows of the training length. */
async function heldOutBitsPerByte(
  modelDir: string,
  files: readonly CorpusFile[],
  encoder: WordEncoder,
  threads: number,
): Promise<number> {
  const texts = files.map((file) => encoder.encode(file.text));
  const { nats } = await textLoss(await loadModel(modelDir), texts, { length: RECIPE.length, threads });
  return nats / Math.LN2 / bytesOf(files);
}

function bytesOf(files: readonly CorpusFile[]): number {
  return files.reduce((sum, file) => sum + Buffer.byteLength(file.text), 0);
}

function sha256(bytes: Uint8Array): string {
  return `0x${createHash("sha256").update(bytes).digest("hex")}`;
}

function report(line: string): void {
  process.stdout.write(`${line}\n`);
}
