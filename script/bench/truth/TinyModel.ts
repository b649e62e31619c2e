import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ATTRIBUTION_FILE,
  architectureConfig,
  fitAttributionBase,
  llamaArchitecture,
  loadModel,
  type Model,
  openRuntime,
  parameterShapes,
  Tokenizer,
  trainByteLevelBpe,
  trainWeights,
  WordEncoder,
  writeSafetensors,
} from "@openledger/engine";
import { canonicalJson, weightsRoot } from "@openledger/sdk";

const ARCHITECTURE = llamaArchitecture({
  vocabulary: 768,
  hidden: 96,
  layers: 3,
  heads: 4,
  kvHeads: 2,
  headDim: 24,
  feedForward: 256,
  maxPositions: 256,
  theta: 10_000,
  normEpsilon: 1e-6,
  head: "tied",
  endToken: 0,
});
const RECIPE = {
  batch: 32,
  length: 96,
  clipNorm: 1,
  optimizer: { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1 },
};
/** Texts that whitening and decoys are fitted on. */
const FITTED = 400;

/** A base that is small enough to be trained for a bench, in a folder of its own like any other. */
export class TinyModel {
  private constructor(
    readonly dir: string,
    readonly model: Model,
    private readonly encoder: WordEncoder,
    private readonly tokenizer: Tokenizer,
  ) {}

  static async train(
    texts: readonly string[],
    options: { readonly steps: number; readonly seed: number; readonly threads: number },
    report: (line: string) => void,
  ): Promise<TinyModel> {
    const dir = mkdtempSync(join(tmpdir(), "openledger-truth-"));
    const tokenizerJson = trainByteLevelBpe(texts, ARCHITECTURE.vocabulary);
    const tokenizer = Tokenizer.parse(tokenizerJson);
    const encoder = new WordEncoder(tokenizer);
    const stream = Uint16Array.from(texts.flatMap((text) => [ARCHITECTURE.endToken, ...encoder.encode(text)]));
    const weights = await trainWeights({
      ...RECIPE,
      architecture: ARCHITECTURE,
      stream,
      seed: options.seed,
      threads: options.threads,
      schedule: { peak: 3e-3, floor: 0.1, warmupSteps: 50, holdSteps: 0, totalSteps: options.steps },
      onStep({ step, loss, milliseconds }) {
        if (step % 50 === 0)
          report(`base: step ${step} of ${options.steps}, loss ${loss.toFixed(3)}, ${milliseconds.toFixed(0)} ms`);
      },
    });
    const shapes = parameterShapes(ARCHITECTURE);
    const tensors = new Map([...weights].map(([name, data]) => [name, { shape: shapes.get(name)!, data }]));
    writeFileSync(join(dir, "config.json"), JSON.stringify(architectureConfig(ARCHITECTURE)));
    writeFileSync(join(dir, "tokenizer.json"), tokenizerJson);
    const weightsFile = writeSafetensors(tensors, "F32");
    const manifest = {
      weights: { hash: sha256(weightsFile), root: weightsRoot(weightsFile), bytes: weightsFile.byteLength },
    };
    writeFileSync(join(dir, "model.safetensors"), weightsFile);
    writeFileSync(join(dir, "manifest.json"), canonicalJson(manifest));
    const tiny = new TinyModel(dir, await loadModel(dir), encoder, tokenizer);
    const runtime = await openRuntime({ modelDir: dir, threads: options.threads });
    try {
      const fitted = texts.slice(0, FITTED).map((text) => tiny.encode(text));
      const file = await fitAttributionBase(runtime, tiny.model, fitted);
      const attribution = { bytes: file.length, hash: sha256(file) };
      writeFileSync(join(dir, ATTRIBUTION_FILE), file);
      writeFileSync(join(dir, "manifest.json"), canonicalJson({ ...manifest, attribution }));
    } finally {
      await runtime.close();
    }
    return tiny;
  }

  encode(text: string): readonly number[] {
    return this.encoder.encode(text);
  }

  decode(ids: readonly number[]): string {
    return this.tokenizer.decode([...ids]);
  }

  close(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

function sha256(bytes: Uint8Array): string {
  return `0x${createHash("sha256").update(bytes).digest("hex")}`;
}
