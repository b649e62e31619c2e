import { Worker } from "node:worker_threads";
import { AttributionError } from "../errors.js";
import type { MatchReply, MatchRequest, RecordTexts } from "./match-worker.js";
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
  /** Gives their room to others: what was asked is answered, what is asked afterwards is refused. */
  close: () => void;
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
  /** What is read now: texts of one version at a time. */
  #reading: Promise<unknown> = Promise.resolve();
  #fault: AttributionError | undefined;

  /** @param limit most bytes of UTF-8 of all records */
  constructor(private readonly limit = MAX_SEARCHED_BYTES) {
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
    const texts = encode(records);
    this.#checkRoom(texts.text.length);
    return this.#post([texts]);
  }

  /**
   * As `add`, of texts that are read only as long as there is room for them. One version is read after the other, so that one that
   * is refused has not kept others out.
   *
   * Memory: 256 MiB of UTF-8 and one part, however much there is to read.
   *
   * @param parts Texts of a version's records, in its order, some at a time; left where there is no room for more
   * @throws AttributionError `search_full`, `search_failed`; what reading `parts` throws
   */
  addParts(parts: AsyncIterable<readonly string[]>): Promise<SearchedRecords> {
    const added = this.#reading.then(async () => {
      const texts: RecordTexts[] = [];
      let bytes = 0;
      for await (const part of parts) {
        const encoded = encode(part);
        bytes += encoded.text.length;
        this.#checkRoom(bytes);
        texts.push(encoded);
      }
      // others may have been added meanwhile
      this.#checkRoom(bytes);
      return this.#post(texts);
    });
    this.#reading = added.catch(() => undefined);
    return added;
  }

  /** @throws AttributionError `search_full`, `search_failed` */
  #checkRoom(bytes: number): void {
    if (this.#fault !== undefined) throw this.#fault;
    if (this.#bytes + bytes <= this.limit) return;
    throw new AttributionError(
      "search_full",
      `at most ${this.limit} bytes of records are searched, found ${bytes} and ${this.#bytes} before; ` +
        "answers of this version are told without citations",
    );
  }

  #post(parts: readonly RecordTexts[]): SearchedRecords {
    const set = this.#sets++;
    const bytes = parts.reduce((sum, { text }) => sum + text.length, 0);
    this.#bytes += bytes;
    const request: MatchRequest = { kind: "add", set, parts };
    this.#worker.postMessage(
      request,
      parts.flatMap(({ text, lengths }) => [text.buffer, lengths.buffer] as ArrayBuffer[]),
    );
    let isClosed = false;
    return {
      cite: async (answer, options) => {
        if (isClosed) throw new AttributionError("search_failed", "these records are searched no longer");
        return this.#cite(set, answer, options?.signal);
      },
      close: () => {
        if (isClosed) return;
        isClosed = true;
        this.#bytes -= bytes;
        this.#worker.postMessage({ kind: "remove", set } satisfies MatchRequest);
      },
    };
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

function encode(records: readonly string[]): RecordTexts {
  const lengths = Uint32Array.from(records, (text) => Buffer.byteLength(text));
  const text = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const [i, record] of records.entries()) {
    Buffer.from(text.buffer, at, lengths[i]!).write(record);
    at += lengths[i]!;
  }
  return { text, lengths };
}
