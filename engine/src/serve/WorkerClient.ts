import type { Worker } from "node:worker_threads";
import { RuntimeError } from "./errors.js";
import type { CallMessage, CallName, WorkerCalls, WorkerMessage } from "./protocol.js";

interface Pending {
  readonly resolve: (value: never) => void;
  readonly reject: (error: RuntimeError) => void;
  readonly onToken: ((token: number, index: number) => void) | undefined;
  giveUp(): void;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onToken?: ((token: number, index: number) => void) | undefined;
}

/** The main thread's side of the worker: calls with promises, all of them rejected when the worker dies. */
export class WorkerClient {
  private readonly pending = new Map<number, Pending>();
  private readonly exited: Promise<void>;
  private serial = 0;
  private fault: RuntimeError | undefined;

  constructor(
    private readonly worker: Worker,
    onExit?: (error: RuntimeError) => void,
  ) {
    worker.on("message", (message: WorkerMessage) => this.receive(message));
    worker.on("error", (cause) => {
      this.fail(new RuntimeError("runtime_failed", `the model's worker failed: ${cause.message}`, { cause }));
    });
    this.exited = new Promise((resolve) => {
      worker.on("exit", (code) => {
        const closing = this.fault?.code === "runtime_closed";
        this.fail(
          new RuntimeError("runtime_failed", `the model's worker ended with code ${code}; open the model again`),
        );
        resolve();
        if (!closing) onExit?.(this.fault!);
      });
    });
  }

  /** @throws RuntimeError `aborted` by the signal; `runtime_failed`, `runtime_closed`; or what the call itself throws */
  call<N extends CallName>(
    call: N,
    request: Parameters<WorkerCalls[N]>[0],
    { signal, onToken }: CallOptions = {},
  ): Promise<ReturnType<WorkerCalls[N]>> {
    return new Promise((resolve, reject) => {
      if (this.fault !== undefined) throw this.fault;
      if (signal?.aborted) throw aborted(signal);
      const id = this.serial++;
      const abandoned = new SharedArrayBuffer(4);
      const giveUp = () => void Atomics.store(new Int32Array(abandoned), 0, 1);
      const onAbort = () => {
        giveUp();
        this.take(id)?.reject(aborted(signal!));
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      const settled = () => signal?.removeEventListener("abort", onAbort);
      this.pending.set(id, {
        resolve: (value) => {
          settled();
          resolve(value);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
        onToken,
        giveUp,
      });
      this.worker.postMessage({ id, call, request, abandoned } satisfies CallMessage<N>);
    });
  }

  /** Ends the worker after the step it is in; open calls are rejected. */
  async close(): Promise<void> {
    this.fail(new RuntimeError("runtime_closed", "the runtime was closed"));
    this.worker.postMessage("close");
    await this.exited;
  }

  private receive(message: WorkerMessage): void {
    if (message.kind === "token") {
      this.tell(message.id, message.token, message.index);
      return;
    }
    const call = this.take(message.id);
    if (message.kind === "done") call?.resolve(message.value as never);
    else call?.reject(new RuntimeError(message.code, message.message));
  }

  /** What the caller's own function throws ends its call, and no other. */
  private tell(id: number, token: number, index: number): void {
    const call = this.pending.get(id);
    try {
      call?.onToken?.(token, index);
    } catch (cause) {
      this.take(id);
      call?.giveUp();
      call?.reject(new RuntimeError("aborted", `what is told of tokens failed: ${String(cause)}`, { cause }));
    }
  }

  private take(id: number): Pending | undefined {
    const call = this.pending.get(id);
    this.pending.delete(id);
    return call;
  }

  private fail(error: RuntimeError): void {
    this.fault ??= error;
    for (const id of [...this.pending.keys()]) this.take(id)?.reject(this.fault);
  }
}

function aborted(signal: AbortSignal): RuntimeError {
  return new RuntimeError("aborted", "the call was aborted", { cause: signal.reason });
}
