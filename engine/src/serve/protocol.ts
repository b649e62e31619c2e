/** What crosses the boundary between the main thread and the worker that owns onnxruntime. */
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

export interface PassRequest {
  readonly ids: readonly number[];
  /** The token before the first, if the text does not begin with it. */
  readonly before: number | undefined;
  /** First position whose result is wanted. */
  readonly from: number;
}

/** Calls by name, with what they take and what they return. */
export interface WorkerCalls {
  open(request: { readonly modelDir: string; readonly threads: number }): OpenedModel;
  generate(request: GenerateRequest): { readonly tokens: number[]; readonly finish: "stop" | "length" };
  loadAdapter(request: AdapterRequest): {
    readonly id: string;
    readonly rank: number;
    readonly weightsHash: `0x${string}`;
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
