/**
 * The worker thread that owns onnxruntime. Calls are generators of steps (a token, a pass); steps of all open calls take
 * turns, so that a short call does not wait for a long answer to end.
 */
import { type MessagePort, parentPort } from "node:worker_threads";
import { AttributionError } from "../attribute/errors.js";
import { ModelError } from "../model/errors.js";
import { AdapterPool } from "./AdapterPool.js";
import { CodeReader } from "./CodeReader.js";
import { RuntimeError, type RuntimeErrorCode } from "./errors.js";
import { generateTokens } from "./generation.js";
import { readAttributionBase, readModelFiles } from "./modelFiles.js";
import type { CallMessage, CallName, OpenedModel, WorkerCalls, WorkerMessage } from "./protocol.js";
import { SessionCache } from "./SessionCache.js";

type Result = ReturnType<WorkerCalls[CallName]>;
type Steps = AsyncGenerator<number | undefined, Result>;

interface OpenCall {
  readonly id: number;
  readonly abandoned: Int32Array;
  readonly steps: Steps;
  tokens: number;
}

interface Engine {
  readonly opened: OpenedModel;
  readonly sessions: SessionCache;
  readonly adapters: AdapterPool;
  readonly reader: CodeReader;
}

class WorkerLoop {
  private readonly calls: OpenCall[] = [];
  private engine: Engine | undefined;
  private running = false;

  constructor(private readonly port: MessagePort) {
    port.on("message", (message: CallMessage | "close") => {
      if (message === "close") {
        port.close();
        return;
      }
      const abandoned = new Int32Array(message.abandoned);
      this.calls.push({ id: message.id, abandoned, steps: this.stepsOf(message), tokens: 0 });
      if (!this.running) void this.run();
    });
  }

  private async run(): Promise<void> {
    this.running = true;
    while (this.calls.length > 0) {
      for (const call of [...this.calls]) await this.step(call);
      // Lets new messages in.
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.running = false;
  }

  private async step(call: OpenCall): Promise<void> {
    try {
      if (Atomics.load(call.abandoned, 0) !== 0) {
        await call.steps.return(undefined as never);
        throw new RuntimeError("aborted", "the caller gave the call up");
      }
      const { done, value } = await call.steps.next();
      if (done) {
        this.end(call);
        this.send({ id: call.id, kind: "done", value: value as Result });
      } else if (value !== undefined) {
        this.send({ id: call.id, kind: "token", token: value as number, index: call.tokens++ });
      }
    } catch (error) {
      this.end(call);
      this.send({ id: call.id, kind: "failed", code: codeOf(error), message: messageOf(error) });
    }
  }

  private end(call: OpenCall): void {
    this.calls.splice(this.calls.indexOf(call), 1);
  }

  private send(message: WorkerMessage): void {
    this.port.postMessage(message);
  }

  private async *stepsOf(message: CallMessage): Steps {
    if (message.call === "open") return await this.open(message as CallMessage<"open">);
    const engine = this.engine;
    if (engine === undefined) throw new RuntimeError("runtime_failed", "no model is open in this worker");
    switch (message.call) {
      case "generate": {
        const { request } = message as CallMessage<"generate">;
        const adapter = request.adapter === undefined ? undefined : engine.adapters.get(request.adapter);
        const tokens: number[] = [];
        const generation = generateTokens(engine.sessions, engine.opened.architecture, adapter, request);
        for (let next = await generation.next(); ; next = await generation.next()) {
          if (next.done) return { tokens, finish: next.value };
          tokens.push(next.value);
          yield next.value;
        }
      }
      case "loadAdapter": {
        const { id, rank, weightsHash } = await engine.adapters.load((message as CallMessage<"loadAdapter">).request);
        return { id, rank, weightsHash };
      }
      case "unloadAdapter":
        engine.adapters.remove((message as CallMessage<"unloadAdapter">).request.id);
        return undefined;
      case "codes":
        return await engine.reader.codes((message as CallMessage<"codes">).request);
      case "hiddenStates":
        return await engine.reader.hiddenStates((message as CallMessage<"hiddenStates">).request);
    }
  }

  private async open({ request }: CallMessage<"open">): Promise<OpenedModel> {
    const model = await readModelFiles(request.modelDir);
    const attribution = await readAttributionBase(request.modelDir);
    const { architecture, weights, weightsHash, weightsRoot } = model;
    const opened = { architecture, weightsHash, weightsRoot, attributionHash: attribution?.hash };
    this.engine = {
      opened,
      sessions: new SessionCache(architecture, weights, request.threads),
      adapters: new AdapterPool(architecture, weightsRoot),
      reader: await CodeReader.open(model, attribution?.base.projection),
    };
    return opened;
  }
}

function codeOf(error: unknown): RuntimeErrorCode {
  if (error instanceof RuntimeError) return error.code;
  if (error instanceof ModelError || error instanceof AttributionError) return "model_unusable";
  return "runtime_failed";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

if (parentPort !== null) new WorkerLoop(parentPort);
