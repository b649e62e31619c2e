/** The thread that trains an adapter for `trainAdapter`: onnxruntime blocks it, and only it. */
import { parentPort, workerData } from "node:worker_threads";
import {
  type AdapterTrainingInput,
  type AdapterTrainingProgress,
  type AdapterTrainingResult,
  runAdapterTraining,
} from "./run-adapter-training.js";
import { TrainingError } from "./training-error.js";

export interface AdapterWorkerData {
  readonly input: AdapterTrainingInput;
  /** One int32 that turns from 0 to 1 when training is to stop. */
  readonly cancelled: SharedArrayBuffer;
}

export type AdapterWorkerMessage =
  | { readonly kind: "progress"; readonly progress: AdapterTrainingProgress }
  | { readonly kind: "result"; readonly result: AdapterTrainingResult }
  | { readonly kind: "error"; readonly code: TrainingError["code"]; readonly message: string };

const port = parentPort;
if (port === null) throw new Error("adapter-worker runs as a worker thread only");
const { input, cancelled } = workerData as AdapterWorkerData;
const flag = new Int32Array(cancelled);
const post = (message: AdapterWorkerMessage): void => port.postMessage(message);

try {
  const result = await runAdapterTraining(input, {
    onProgress: (progress) => post({ kind: "progress", progress }),
    isCancelled: () => Atomics.load(flag, 0) === 1,
  });
  post({ kind: "result", result });
} catch (cause) {
  const code = cause instanceof TrainingError ? cause.code : "failed";
  post({ kind: "error", code, message: cause instanceof Error ? cause.message : String(cause) });
}
