/** The thread that does `runIndexTask`'s tasks: each reads every posting, which takes minutes of large indexes. */
import { parentPort, workerData } from "node:worker_threads";
import { AttributionError } from "../errors.js";
import { type IndexTask, runHere, type TaskInput, type TaskResult } from "./indexTasks.js";

export interface IndexWorkOrder {
  readonly task: IndexTask;
  readonly input: TaskInput<IndexTask>;
}

export type IndexWorkMessage =
  | { readonly kind: "result"; readonly result: TaskResult<IndexTask> }
  | { readonly kind: "error"; readonly code: AttributionError["code"]; readonly message: string };

const port = parentPort;
if (port === null) throw new Error("index-worker runs as a worker thread only");
const post = (message: IndexWorkMessage): void => port.postMessage(message);

try {
  const { task, input } = workerData as IndexWorkOrder;
  post({ kind: "result", result: await runHere(task, input) });
} catch (cause) {
  const code = cause instanceof AttributionError ? cause.code : "index_failed";
  post({ kind: "error", code, message: cause instanceof Error ? cause.message : String(cause) });
}
