import { Worker } from "node:worker_threads";
import type { RuntimeError } from "./errors.js";
import { Runtime } from "./Runtime.js";
import { WorkerClient } from "./WorkerClient.js";

export interface RuntimeOptions {
  /** Folder with `config.json`, `model.safetensors`, `tokenizer.json`, `manifest.json`. */
  readonly modelDir: string;
  /** Threads of one run when generating; 1 if absent, which is fastest for small models. */
  readonly threads?: number;
  /** Called once when the worker ends without having been closed. */
  readonly onExit?: (error: RuntimeError) => void;
}

/**
 * Opens a base model in a worker thread.
 *
 * @throws RuntimeError `weights_mismatch` when a file is not what the manifest names, `manifest_malformed`,
 * `model_unusable`
 */
export async function openRuntime({ modelDir, threads = 1, onExit }: RuntimeOptions): Promise<Runtime> {
  // Flags of the process may not suit a worker: node refuses --input-type for a file.
  const client = new WorkerClient(new Worker(new URL("./worker.js", import.meta.url), { execArgv: [] }), onExit);
  try {
    return new Runtime(modelDir, await client.call("open", { modelDir, threads }), client);
  } catch (error) {
    await client.close();
    throw error;
  }
}
