/**
 * The worker thread that owns onnxruntime. Calls are generators of steps (a token, a pass); steps of all open calls take
 * turns, so that a short call does not wait for a long answer to end.
 */
import { type MessagePort, parentPort } from "node:worker_threads";
import { AttributionError } from "../attribute/errors.js";
import { type Conformity, conform } from "../exact/conformance/conform.js";
import { conformSteps } from "../exact/conformance/conformSteps.js";
import type { Device } from "../exact/conformance/Device.js";
import { usableArithmetic } from "../exact/conformance/usableArithmetic.js";
import { ExactError } from "../exact/errors.js";
import type { Program } from "../exact/program/Program.js";
import { ModelError } from "../model/errors.js";
import { AdapterPool } from "./AdapterPool.js";
import { auditAnswer } from "./auditAnswer.js";
import { CodeReader } from "./CodeReader.js";
import { ExactBase } from "./ExactBase.js";
import { RuntimeError, type RuntimeErrorCode } from "./errors.js";
import { generateTokens } from "./generation.js";
import { HiddenReader } from "./HiddenReader.js";
import { readAttributionBase, readDescribedFiles, readModelFiles } from "./modelFiles.js";
import { ProgramSessions } from "./ProgramSessions.js";
import type { CallMessage, CallName, OpenedModel, WorkerCalls, WorkerMessage } from "./protocol.js";
import { StepModels } from "./StepModels.js";

type Result = ReturnType<WorkerCalls[CallName]>;
type Steps = AsyncGenerator<number | undefined, Result>;

interface OpenCall {
  readonly id: number;
  readonly abandoned: Int32Array;
  readonly steps: Steps;
  tokens: number;
}

interface Engine {
  readonly base: ExactBase;
  readonly sessions: ProgramSessions;
  readonly adapters: AdapterPool;
  readonly codes: CodeReader;
  readonly hidden: HiddenReader;
}

class WorkerLoop {
  private readonly calls: OpenCall[] = [];
  private engine: Engine | undefined;
  private running = false;
  private closed = false;

  constructor(private readonly port: MessagePort) {
    port.on("message", (message: CallMessage | "close") => {
      if (message === "close") {
        this.closed = true;
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
      for (const call of [...this.calls]) await (this.closed ? this.drop(call) : this.step(call));
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

  /** Nobody waits for its result. */
  private async drop(call: OpenCall): Promise<void> {
    this.end(call);
    await call.steps.return(undefined as never).catch(() => {});
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
        const tokens: number[] = [];
        const { architecture } = engine.base.model;
        const generation = generateTokens(engine.sessions, programOf(engine, request.adapter), architecture, request);
        try {
          for (let next = await generation.next(); ; next = await generation.next()) {
            if (next.done) return { tokens, finish: next.value };
            tokens.push(next.value);
            yield next.value;
          }
        } finally {
          // A call that is given up ends here: the sequence's memory is for others.
          await generation.return("stop");
        }
      }
      case "audit": {
        const { request } = message as CallMessage<"audit">;
        const { architecture } = engine.base.model;
        return yield* auditAnswer(engine.sessions, programOf(engine, request.adapter), architecture, request);
      }
      case "loadAdapter": {
        const loaded = await engine.adapters.load((message as CallMessage<"loadAdapter">).request);
        const { id, rank, weightsHash, programId } = loaded;
        return { id, rank, weightsHash, programId };
      }
      case "unloadAdapter":
        engine.adapters.remove((message as CallMessage<"unloadAdapter">).request.id);
        return undefined;
      case "codes":
        return await engine.codes.codes((message as CallMessage<"codes">).request);
      case "hiddenStates":
        return await engine.hidden.hiddenStates((message as CallMessage<"hiddenStates">).request);
    }
  }

  private async open({ request }: CallMessage<"open">): Promise<OpenedModel> {
    const { modelDir, device, tier, arithmetic } = request;
    const model = await readModelFiles(modelDir);
    const attribution = await readAttributionBase(modelDir);
    const { weightsHash, weightsRoot, architecture, program: named } = model;
    const base = await ExactBase.compile(model, weightsRoot, attribution?.base.projection, { tier, arithmetic });
    const { program, id } = base.committed;
    if (named?.tier === tier && named.arithmetic === arithmetic && named.id !== id) {
      throw new RuntimeError(
        "program_mismatch",
        `${modelDir}: the manifest names program ${named.id} in ${tier}, ${arithmetic}, its files compile to ${id} here; fetch the ` +
          "folder again, or the version of the engine that made it",
      );
    }
    const conformity = await conformityOf(device, program);
    const sessions = new ProgramSessions(program, conformity, openSteps(device, program));
    this.engine = {
      base,
      sessions,
      adapters: new AdapterPool(base),
      codes: new CodeReader(base.committed, sessions),
      hidden: new HiddenReader(model),
    };
    return {
      architecture,
      weightsHash,
      weightsRoot,
      attributionHash: attribution?.hash,
      programId: id,
      ...(await readDescribedFiles(modelDir)),
      tier,
      arithmetic,
      maxPositions: program.shape.maxPositions,
      conformity,
      steps: sessions.steps === undefined ? "graph" : "kernels",
    };
  }
}

function programOf({ base, adapters }: Engine, adapter: string | undefined): Program {
  return adapter === undefined ? base.committed.program : adapters.get(adapter).program;
}

/** @throws RuntimeError `device_inexact`, which says whether the device is exact in integers; ExactError as `conform` */
async function conformityOf(device: Device, program: Program): Promise<Conformity> {
  if (program.arithmetic === "integer") return await conform(device, program);
  const usable = await usableArithmetic(device, program);
  if (usable.arithmetic === "float") return usable.conformity;
  const instead = "It is exact in integers: with ENGINE_ARITHMETIC=integer it serves and audits models registered so.";
  throw new RuntimeError("device_inexact", `${usable.refused.message} ${instead}`, { cause: usable.refused });
}

/** Kernels of steps where programs in binary32 run on processors, and where they are exact. */
function openSteps({ provider }: Device, { arithmetic }: Program): StepModels | undefined {
  if (provider !== "cpu" || arithmetic !== "float") return undefined;
  return conformSteps() === undefined ? new StepModels() : undefined;
}

function codeOf(error: unknown): RuntimeErrorCode {
  if (error instanceof RuntimeError) return error.code;
  if (error instanceof ExactError && (error.code === "device_inexact" || error.code === "device_missing")) {
    return error.code;
  }
  // Files that are not there, or not to be read, are not there either when the worker is started again.
  if (isFileError(error)) return "model_unusable";
  if (error instanceof ModelError || error instanceof AttributionError || error instanceof ExactError) {
    return "model_unusable";
  }
  return "runtime_failed";
}

function isFileError(error: unknown): boolean {
  return error instanceof Error && "syscall" in error && "path" in error;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

if (parentPort !== null) new WorkerLoop(parentPort);
