import { Worker } from "node:worker_threads";
import { AttributionError } from "../errors.js";
import type { IndexWorkMessage, IndexWorkOrder } from "./index-worker.js";
import { type IndexTask, runHere, type TaskInput, type TaskResult } from "./indexTasks.js";

/** Records of which a task takes less time than a thread to start: some hundred milliseconds. */
const FEW_RECORDS: Readonly<Record<IndexTask, number>> = { roots: 64, erasure: 64, join: 4096 };

/**
 * Does what reads a whole index or segment in a worker thread unless it is done at once: the caller's event loop stays free.
 *
 * @throws AttributionError `index_malformed`, `index_mismatch`; `index_failed` when the thread ends without a result
 * @throws the signal's reason when it is aborted; the thread has ended by then
 */
export async function runIndexTask<K extends IndexTask>(
  task: K,
  input: TaskInput<K>,
  signal?: AbortSignal,
): Promise<TaskResult<K>> {
  signal?.throwIfAborted();
  const records = input.segments.reduce((sum, { records }) => sum + records, 0);
  if (records <= FEW_RECORDS[task]) return runHere(task, input);
  const order: IndexWorkOrder = { task, input };
  const worker = new Worker(new URL("./index-worker.js", import.meta.url), { workerData: order });
  const end = (): void => void worker.terminate();
  signal?.addEventListener("abort", end, { once: true });
  try {
    return await new Promise<TaskResult<K>>((resolve, reject) => {
      const failed = (found: string, cause?: unknown) =>
        reject(new AttributionError("index_failed", `the thread that reads ${input.path} ${found}`, { cause }));
      worker.on("message", (message: IndexWorkMessage) => {
        if (message.kind === "result") resolve(message.result as TaskResult<K>);
        else reject(new AttributionError(message.code, message.message));
      });
      worker.on("error", (cause: Error) => failed(`failed: ${cause.message}`, cause));
      worker.on("exit", (code) => (signal?.aborted ? reject(signal.reason) : failed(`ended with code ${code}`)));
    });
  } finally {
    signal?.removeEventListener("abort", end);
    // its files are closed once it has ended
    await worker.terminate();
  }
}
