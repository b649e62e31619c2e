import { Worker } from "node:worker_threads";
import { PROVIDERS, type Provider } from "../exact/conformance/Device.js";
import { ARITHMETICS, type Arithmetic, TIERS, type Tier } from "../exact/program/Program.js";
import { RuntimeError } from "./errors.js";
import { Runtime } from "./Runtime.js";
import { WorkerClient } from "./WorkerClient.js";

export interface RuntimeOptions {
  /** Folder with `config.json`, `model.safetensors`, `tokenizer.json`, `manifest.json`. */
  readonly modelDir: string;
  /** Threads of a run on processors; 1 if absent, which is fastest for small models. */
  readonly threads?: number;
  /** What computes; `cpu` if absent. */
  readonly provider?: Provider;
  /** Precision that models are compiled to; `w8a16` if absent. Another tier is another program. */
  readonly tier?: Tier;
  /** What programs compute with; `float` if absent. A device that is not exact in binary32 may be in integers. */
  readonly arithmetic?: Arithmetic;
  /** Called once when the worker ends without having been closed. */
  readonly onExit?: (error: RuntimeError) => void;
}

/** A worker's numbers lie outside of the heap; 48 MiB for its young objects, V8's own choice, would be a third of a small model. */
const WORKER_LIMITS = { maxYoungGenerationSizeMb: 12 };

/** The precision that is served unless another is asked for. */
export const DEFAULT_TIER: Tier = "w8a16";

/** The arithmetic that is served unless another is asked for. */
export const DEFAULT_ARITHMETIC: Arithmetic = "float";

/**
 * Opens a base model in a worker thread: compiles it to an exact program and tries the device on extremes.
 *
 * @throws RuntimeError `invalid_request` for an option; `weights_mismatch` when a file is not what the manifest names, `manifest_malformed`,
 * `model_unusable`; `device_inexact` naming operation, input and both results, `device_missing`
 */
export async function openRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { modelDir, threads = 1, provider = "cpu", onExit } = options;
  const { tier = DEFAULT_TIER, arithmetic = DEFAULT_ARITHMETIC } = options;
  const wrong = (option: string, wanted: string, found: unknown) =>
    new RuntimeError("invalid_request", `${option} must be ${wanted}, found ${String(found)}`);
  if (!TIERS.includes(tier)) throw wrong("tier", TIERS.join(", "), tier);
  if (!ARITHMETICS.includes(arithmetic)) throw wrong("arithmetic", ARITHMETICS.join(" or "), arithmetic);
  if (!PROVIDERS.includes(provider)) throw wrong("provider", PROVIDERS.join(", "), provider);
  if (!Number.isInteger(threads) || threads < 1) throw wrong("threads", "a whole number from 1 on", threads);
  // Flags of the process may not suit a worker: node refuses --input-type for a file.
  const worker = new Worker(new URL("./worker.js", import.meta.url), { execArgv: [], resourceLimits: WORKER_LIMITS });
  const client = new WorkerClient(worker, onExit);
  try {
    const opening = client.call("open", { modelDir, device: { provider, threads }, tier, arithmetic });
    return new Runtime(modelDir, await opening, client);
  } catch (error) {
    await client.close();
    throw error;
  }
}
