import { parentPort } from "node:worker_threads";
import { StoreError } from "../StoreError.js";
import type { RedactionAnswer, RedactionTask } from "./RedactionThread.js";
import { readTarget, redactFile } from "./redactFile.js";

const port = parentPort!;

port.on("message", async ({ task, asked }: RedactionTask) => {
  try {
    const done = task === "read" ? { target: await readTarget(asked), redacted: undefined } : await redactFile(asked);
    port.postMessage({ done } satisfies RedactionAnswer, done.redacted === undefined ? [] : [bufferOf(done.redacted)]);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const { code, message, retryable } = error;
    port.postMessage({ refused: { code, message, retryable } } satisfies RedactionAnswer);
  }
});

function bufferOf({ buffer }: Uint8Array): ArrayBuffer {
  return buffer as ArrayBuffer;
}
