/** What crosses the boundary between the main thread and the worker that owns onnxruntime. */
import type { Conformity } from "../exact/conformance/conform.js";
import type { Device } from "../exact/conformance/Device.js";
import type { Arithmetic, Tier } from "../exact/program/Program.js";
import type { Architecture } from "../model/architecture.js";
import type { RuntimeErrorCode } from "./errors.js";

export interface GenerateRequest {
  readonly adapter: string | undefined;
  readonly promptIds: readonly number[];
  readonly maxTokens: number;
  readonly temperatureMilli: number;
  readonly topPMilli: number;
  readonly topK: number;
  readonly repetitionPenaltyMilli: number;
  readonly seed: Uint8Array;
}

/** A finished answer and how it is said to have been drawn. */
export interface AuditRequest extends GenerateRequest {
  readonly outputIds: readonly number[];
}

/** The first token of an answer that its model does not give. */
export interface OutputFault {
  readonly index: number;
  readonly expected: number | "the end of the answer";
  /** Undefined where the answer has ended. */
  readonly found: number | undefined;
}

export interface PassRequest {
  readonly ids: readonly number[];
  /** The token before the first, if the text does not begin with it. */
  readonly before: number | undefined;
  /** First position whose result is wanted. */
  readonly from: number;
}

/** Calls by name, with what they take and what they return. */
export interface WorkerCalls {
  open(request: {
    readonly modelDir: string;
    readonly device: Device;
    readonly tier: Tier;
    readonly arithmetic: Arithmetic;
  }): OpenedModel;
  generate(request: GenerateRequest): { readonly tokens: number[]; readonly finish: "stop" | "length" };
  audit(request: AuditRequest): OutputFault | undefined;
  loadAdapter(request: AdapterRequest): {
    readonly id: string;
    readonly rank: number;
    readonly weightsHash: `0x${string}`;
    readonly programId: `0x${string}`;
  };
  unloadAdapter(request: { readonly id: string }): undefined;
  codes(request: PassRequest): { ids: Uint32Array; surprises: Uint8Array; codes: Uint8Array };
  hiddenStates(request: PassRequest): { hidden: Float32Array; probabilities: Float32Array };
}

export interface OpenedModel {
  readonly architecture: Architecture;
  readonly weightsHash: `0x${string}`;
  readonly weightsRoot: `0x${string}`;
  readonly attributionHash: `0x${string}` | undefined;
  readonly programId: `0x${string}`;
  /** `config.json`, parsed, and the SHA-256 of `tokenizer.json`: a program's description names both. */
  readonly config: unknown;
  readonly tokenizerHash: `0x${string}`;
  readonly tier: Tier;
  readonly arithmetic: Arithmetic;
  /** Positions of the program. */
  readonly maxPositions: number;
  readonly conformity: Conformity;
  /** What continues a sequence token by token. */
  readonly steps: "kernels" | "graph";
}

export type AdapterRequest =
  | { readonly dir: string }
  | { readonly config: string; readonly weights: Uint8Array; readonly baseWeightsRoot: string };

export type CallName = keyof WorkerCalls;

export interface CallMessage<N extends CallName = CallName> {
  readonly id: number;
  readonly call: N;
  readonly request: Parameters<WorkerCalls[N]>[0];
  /** One Int32: not 0 once the caller has lost interest. Shared, because a worker inside a run reads no messages. */
  readonly abandoned: SharedArrayBuffer;
}

export type WorkerMessage =
  | { readonly id: number; readonly kind: "token"; readonly token: number; readonly index: number }
  | { readonly id: number; readonly kind: "done"; readonly value: ReturnType<WorkerCalls[CallName]> }
  | { readonly id: number; readonly kind: "failed"; readonly code: RuntimeErrorCode; readonly message: string };
