import { Worker } from "node:worker_threads";
import type { AdapterWorkerData, AdapterWorkerMessage } from "./adapter-worker.js";
import { type AdapterHyperparameters, DEFAULT_HYPERPARAMETERS } from "./hyperparameters.js";
import type { AdapterTrainingProgress, AdapterTrainingResult } from "./run-adapter-training.js";
import { TrainingError } from "./training-error.js";

export interface TrainAdapterOptions {
  /** Folder of the base model. */
  readonly modelDir: string;
  readonly records: readonly { readonly text: string }[];
  /** Records that are kept out of training, to measure the loss on. */
  readonly heldOut: readonly { readonly text: string }[];
  /** What differs from `DEFAULT_HYPERPARAMETERS`. */
  readonly hyperparameters?: Partial<AdapterHyperparameters>;
  /** A safe integer from 0 on: the same base, records, parameters and seed give the same adapter. */
  readonly seed: number;
  /** Seed of the adapter's start alone, `seed` if absent: then that is of the order of the records alone. */
  readonly startSeed?: number;
  /** Steps, in place of those that `epochs` asks for. */
  readonly steps?: number;
  /** Threads that onnxruntime may use, 2 if absent. */
  readonly threads?: number;
  onProgress?(progress: AdapterTrainingProgress): void;
  readonly signal?: AbortSignal;
}

/**
 * Trains a LoRA adapter on records over a frozen base, in a worker thread: the caller's event loop stays free.
 *
 * @throws TrainingError `too_few_tokens`, `length_out_of_range`, `diverged`, or `failed` with the worker's message
 * @throws the signal's reason when it is aborted; the running step is finished first, and the thread has ended
 */
export async function trainAdapter(options: TrainAdapterOptions): Promise<AdapterTrainingResult> {
  const { modelDir, records, heldOut, seed, threads = 2, signal } = options;
  signal?.throwIfAborted();
  const cancelled = new SharedArrayBuffer(4);
  const data: AdapterWorkerData = {
    input: {
      modelDir,
      records: records.map((record) => record.text),
      heldOut: heldOut.map((record) => record.text),
      hyperparameters: { ...DEFAULT_HYPERPARAMETERS, ...options.hyperparameters },
      seed,
      ...(options.startSeed !== undefined && { startSeed: options.startSeed }),
      ...(options.steps !== undefined && { steps: options.steps }),
      threads,
    },
    cancelled,
  };
  const worker = new Worker(new URL("./adapter-worker.js", import.meta.url), { workerData: data });
  const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  const cancel = (): void => {
    Atomics.store(new Int32Array(cancelled), 0, 1);
  };
  signal?.addEventListener("abort", cancel, { once: true });

  try {
    return await new Promise<AdapterTrainingResult>((resolve, reject) => {
      worker.on("message", (message: AdapterWorkerMessage) => {
        if (message.kind === "progress") options.onProgress?.(message.progress);
        else if (message.kind === "result") resolve(message.result);
        else reject(signal?.aborted ? signal.reason : new TrainingError(message.code, message.message));
      });
      worker.on("error", (cause) => reject(new TrainingError("failed", "the training thread failed", { cause })));
      worker.on("exit", (code) => reject(new TrainingError("failed", `the training thread ended with code ${code}`)));
    });
  } finally {
    signal?.removeEventListener("abort", cancel);
    // it has said its last: whoever trains next has its memory and its cores
    await ended;
  }
}
