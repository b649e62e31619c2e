/** The thread that seals and checks indexes for `runIndexWork`: both read every posting, which takes minutes of large ones. */
import { parentPort, workerData } from "node:worker_threads";
import { AttributionError } from "../errors.js";
import { doIndexWork, type IndexWork, type IndexWorkResult } from "./indexWork.js";

export type IndexWorkMessage =
  | { readonly kind: "result"; readonly result: IndexWorkResult }
  | { readonly kind: "error"; readonly code: AttributionError["code"]; readonly message: string };

const port = parentPort;
if (port === null) throw new Error("index-worker runs as a worker thread only");
const post = (message: IndexWorkMessage): void => port.postMessage(message);

try {
  post({ kind: "result", result: await doIndexWork(workerData as IndexWork) });
} catch (cause) {
  const code = cause instanceof AttributionError ? cause.code : "index_failed";
  post({ kind: "error", code, message: cause instanceof Error ? cause.message : String(cause) });
}
