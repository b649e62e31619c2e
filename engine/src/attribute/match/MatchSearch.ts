import { Worker } from "node:worker_threads";
import { AttributionError } from "../errors.js";
import type { MatchReply, MatchRequest } from "./match-worker.js";
import type { MatchSpan } from "./matchAnswer.js";

/** Most bytes of records that one search holds: its thread takes some six for each. */
const MAX_SEARCHED_BYTES = 256 * 1024 * 1024;

interface Pending {
  resolve(spans: readonly MatchSpan[]): void;
  reject(error: unknown): void;
}

/** Records that answers are searched for. */
export interface SearchedRecords {
  /** What of an answer stands in the records: see `matchAnswer`, whose bytes are those of the answer's UTF-8. */
  cite: (answer: string, options?: { readonly signal?: AbortSignal }) => Promise<readonly MatchSpan[]>;
}

/**
 * Records of Datanet versions, sorted and searched in a thread of their own: to sort 10 MB takes about a second, in which the
 * caller's event loop stays free and searches wait.
 */
export class MatchSearch {
  readonly #pending = new Map<number, Pending>();
  readonly #worker: Worker;
  #serial = 0;
  #sets = 0;
  #bytes = 0;
  #fault: AttributionError | undefined;

  constructor() {
    this.#worker = new Worker(new URL("./match-worker.js", import.meta.url));
    this.#worker.on("message", ({ id, spans }: MatchReply) => this.#take(id)?.resolve(spans));
    this.#worker.on("error", (cause) => this.#fail(`the thread that searches records failed: ${cause.message}`, cause));
    this.#worker.on("exit", () => this.#fail("the thread that searches records has ended"));
    // a process is not kept by it: whoever waits for an answer has other reasons to live
    this.#worker.unref();
  }

  /**
   * Returns at once; what is asked before the records are sorted waits for that.
   *
   * @param records Texts of a version's records, in its order
   * @throws AttributionError `search_full` when there would be more than 256 MiB of UTF-8 with those before; `search_failed`
   */
  add(records: readonly string[]): SearchedRecords {
    if (this.#fault !== undefined) throw this.#fault;
    const lengths = Uint32Array.from(records, (text) => Buffer.byteLength(text));
    const bytes = lengths.reduce((sum, length) => sum + length, 0);
    if (this.#bytes + bytes > MAX_SEARCHED_BYTES) {
      throw new AttributionError(
        "search_full",
        `at most ${MAX_SEARCHED_BYTES} bytes of records are searched, found ${bytes} and ${this.#bytes} before; ` +
          "answers of this version are told without citations",
      );
    }
    const text = new Uint8Array(bytes);
    let at = 0;
    for (const [i, record] of records.entries()) {
      Buffer.from(text.buffer, at, lengths[i]!).write(record);
      at += lengths[i]!;
    }
    const set = this.#sets++;
    this.#bytes += bytes;
    const request: MatchRequest = { kind: "add", set, text, lengths };
    this.#worker.postMessage(request, [text.buffer, lengths.buffer]);
    return { cite: (answer, options) => this.#cite(set, answer, options?.signal) };
  }

  /** Ends the thread; what is still asked is rejected. */
  async close(): Promise<void> {
    this.#fail("the search was closed");
    await this.#worker.terminate();
  }

  /** @throws AttributionError `search_failed` when the thread ended; the signal's reason */
  #cite(set: number, answer: string, signal: AbortSignal | undefined): Promise<readonly MatchSpan[]> {
    return new Promise((resolve, reject) => {
      if (this.#fault !== undefined) throw this.#fault;
      signal?.throwIfAborted();
      const id = this.#serial++;
      const onAbort = () => this.#take(id)?.reject(signal!.reason);
      const settled = () => signal?.removeEventListener("abort", onAbort);
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#pending.set(id, {
        resolve: (spans) => {
          settled();
          resolve(spans);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
      });
      this.#worker.postMessage({ kind: "cite", id, set, answer } satisfies MatchRequest);
    });
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  #fail(message: string, cause?: Error): void {
    this.#fault ??= new AttributionError("search_failed", message, { cause });
    for (const id of [...this.#pending.keys()]) this.#take(id)?.reject(this.#fault);
  }
}
