/**
 * Reads and redacts files in a thread of its own, one after the other: the store's thread answers others meanwhile.
 */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { OneAtATime } from "../OneAtATime.js";
import { StoreError, type StoreErrorCode } from "../StoreError.js";
import type { ErasureTarget } from "./ErasureTarget.js";
import type { RecordsInFile, RedactedFile } from "./redactFile.js";

export interface RedactionTask {
  readonly task: "read" | "redact";
  readonly asked: RecordsInFile;
}

export type RedactionAnswer =
  | { readonly done: RedactedFile }
  | { readonly refused: { readonly code: StoreErrorCode; readonly message: string; readonly retryable: boolean } };

export class RedactionThread {
  readonly #turns: OneAtATime;
  #worker: Worker | undefined;

  /** @param mostWaiting Tasks that may wait for the one that runs. */
  constructor(mostWaiting: number) {
    this.#turns = new OneAtATime(mostWaiting);
  }

  /** @param asked Told at the task's turn, so that no file waits in memory. @throws StoreError as `redactFile`, and `busy` */
  async read(asked: () => Promise<RecordsInFile>): Promise<ErasureTarget> {
    return (await this.#do("read", asked)).target;
  }

  /** @param asked Told at the task's turn. @throws StoreError as `redactFile`, and `busy` */
  redact(asked: () => Promise<RecordsInFile>): Promise<RedactedFile> {
    return this.#do("redact", asked);
  }

  /** Ends the thread; a task that comes later begins another. */
  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  #do(task: RedactionTask["task"], asked: () => Promise<RecordsInFile>): Promise<RedactedFile> {
    return this.#turns.run(async () => {
      const answer = await this.#answer({ task, asked: await asked() });
      if ("done" in answer) return answer.done;
      throw new StoreError(answer.refused.code, answer.refused.message, answer.refused.retryable);
    });
  }

  async #answer(task: RedactionTask): Promise<RedactionAnswer> {
    const worker = this.#running();
    try {
      const answered = once(worker, "message");
      worker.postMessage(task, [task.asked.file.buffer as ArrayBuffer]);
      return (await answered)[0] as RedactionAnswer;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  #running(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    // Flags of the process may not suit a worker: node refuses --input-type for a file.
    const worker = new Worker(new URL("./redaction-worker.js", import.meta.url), { execArgv: [] });
    // It waits for tasks as long as the store runs, and keeps no store running.
    worker.unref();
    // Whoever waits for an answer hears of it; without a listener it would end the store.
    worker.on("error", () => {});
    this.#worker = worker;
    return worker;
  }
}
