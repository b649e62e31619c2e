import { EXACT_ENGINE, programDescription, programRoot } from "@openledger/sdk";
import type { AttributionBase } from "../attribute/AttributionBase.js";
import type { PositionCodes } from "../attribute/codes.js";
import type { Conformity } from "../exact/conformance/conform.js";
import type { Arithmetic, Tier } from "../exact/program/Program.js";
import type { Architecture } from "../model/architecture.js";
import { RuntimeError } from "./errors.js";
import { readAttributionBase } from "./modelFiles.js";
import type { AdapterRequest, OpenedModel, OutputFault } from "./protocol.js";
import type { WorkerClient } from "./WorkerClient.js";

type Hex = `0x${string}`;

/** An adapter in the runtime's memory. `id` hashes its configuration and weights. */
export interface AdapterHandle {
  readonly id: Hex;
  readonly rank: number;
  /** SHA-256 of `adapter_model.safetensors`. */
  readonly weightsHash: Hex;
  /** Of the exact program that base and adapter make. */
  readonly programId: Hex;
}

/** A folder with a training manifest, or the files themselves and the base they were trained over. */
export type AdapterSource = AdapterRequest;

export interface GenerateOptions {
  /** Absent: the base answers. */
  readonly adapter?: AdapterHandle;
  /** Tokens of the prompt. The runtime puts end-of-text before them. */
  readonly promptIds: readonly number[];
  readonly maxTokens: number;
  /** Thousandths, 0 to 100,000; 0 is greedy. */
  readonly temperatureMilli: number;
  /** Thousandths, 1 to 1,000; 1,000 is off. */
  readonly topPMilli: number;
  /** 0 is off. */
  readonly topK: number;
  /** Thousandths, 100 to 10,000; lowers the logits of tokens of prompt and answer; 1,000, the default, is off. */
  readonly repetitionPenaltyMilli?: number;
  /** 32 bytes: equal seeds, prompts and models draw equal answers. */
  readonly seed: Uint8Array;
  readonly signal?: AbortSignal;
  readonly onToken?: (token: number, index: number) => void;
}

export interface AuditOptions extends Omit<GenerateOptions, "onToken"> {
  /** The answer, without the end-of-text that may have ended it. */
  readonly outputIds: readonly number[];
}

export interface Generated {
  /** Without the end-of-text that may have ended it. */
  readonly tokens: readonly number[];
  readonly finish: "stop" | "length";
}

export interface PassOptions {
  /** The token before the first of `ids`; absent, `ids` begins a text. */
  readonly before?: number | undefined;
  /** First position whose result is returned; 0 if absent. */
  readonly from?: number;
  readonly signal?: AbortSignal;
}

/** A base model in memory, with its adapters. All work happens in one worker thread; every method may be awaited freely. */
export class Runtime {
  readonly architecture: Architecture;
  /** SHA-256 and chunk root of `model.safetensors`. */
  readonly weightsHash: Hex;
  readonly weightsRoot: Hex;
  /** SHA-256 of the base's attribution file, if it has one. */
  readonly attributionHash: Hex | undefined;
  /** Of the base's exact program. */
  readonly programId: Hex;
  /** Precision of the base's program and its adapters'. */
  readonly tier: Tier;
  readonly arithmetic: Arithmetic;
  /** Positions that programs of this base hold. */
  readonly maxPositions: number;
  /** How the device was found to be exact. */
  readonly conformity: Conformity;
  /** What continues a sequence token by token: kernels of WebAssembly, or the graph that reads texts. */
  readonly steps: "kernels" | "graph";

  /** Use `openRuntime`. */
  constructor(
    private readonly modelDir: string,
    private readonly opened: OpenedModel,
    private readonly client: WorkerClient,
  ) {
    this.architecture = opened.architecture;
    this.weightsHash = opened.weightsHash;
    this.weightsRoot = opened.weightsRoot;
    this.attributionHash = opened.attributionHash;
    this.programId = opened.programId;
    this.tier = opened.tier;
    this.arithmetic = opened.arithmetic;
    this.maxPositions = opened.maxPositions;
    this.conformity = opened.conformity;
    this.steps = opened.steps;
  }

  /**
   * What the registry names a program by: of an adapter's, or of the base's own.
   *
   * @param adapter its `weightsRoot` and the program that it makes with the base
   */
  programRoot(adapter: { readonly weightsRoot: Hex; readonly programId: Hex } | null): Hex {
    const { config, tokenizerHash } = this.opened;
    return programRoot(
      programDescription({
        engine: EXACT_ENGINE,
        architecture: config,
        tokenizerHash,
        baseRoot: this.weightsRoot,
        adapterRoot: adapter?.weightsRoot ?? null,
        programId: adapter?.programId ?? this.programId,
      }),
    );
  }

  /**
   * Answers a prompt.
   *
   * @throws RuntimeError `context_exceeded`, `invalid_request`, `adapter_unknown`, `aborted`, `runtime_failed`
   */
  generate(options: GenerateOptions): Promise<Generated> {
    const { adapter, signal, onToken, repetitionPenaltyMilli = 1000, ...request } = options;
    const call = { ...request, repetitionPenaltyMilli, adapter: adapter?.id };
    return this.client.call("generate", call, { signal, onToken });
  }

  /**
   * Whether an answer is the one that `generate` gives, by a few parallel runs over all of it.
   *
   * @returns the first token that is another, or undefined
   * @throws RuntimeError as `generate`
   */
  audit(options: AuditOptions): Promise<OutputFault | undefined> {
    const { adapter, signal, repetitionPenaltyMilli = 1000, ...request } = options;
    return this.client.call("audit", { ...request, repetitionPenaltyMilli, adapter: adapter?.id }, { signal });
  }

  /**
   * Loads an adapter; loading it again gives the same handle.
   *
   * @throws RuntimeError `adapter_mismatch`, `adapter_unsupported`, `manifest_malformed`, `model_unusable`
   */
  async loadAdapter(source: AdapterSource): Promise<AdapterHandle> {
    const { id, ...rest } = await this.client.call("loadAdapter", source);
    return { id: id as Hex, ...rest };
  }

  /** @throws RuntimeError `adapter_unknown` */
  async unloadAdapter(adapter: AdapterHandle): Promise<void> {
    await this.client.call("unloadAdapter", { id: adapter.id });
  }

  /**
   * Codes of at most 256 positions under the frozen base: equal bits for equal tokens on every machine.
   *
   * @throws RuntimeError `attribution_missing`, `context_exceeded`, `invalid_request`, `aborted`
   */
  codes(ids: readonly number[], options: PassOptions = {}): Promise<PositionCodes> {
    const { before, from = 0, signal } = options;
    return this.client.call("codes", { ids, before, from }, { signal });
  }

  /**
   * Final hidden states before each position, `[n, hidden]`, and the base's probabilities of the tokens there, `[n]`, in
   * floats: for fitting and votes, not for pay.
   *
   * @throws RuntimeError `context_exceeded`, `invalid_request`, `aborted`
   */
  hiddenStates(
    ids: readonly number[],
    options: PassOptions = {},
  ): Promise<{ readonly hidden: Float32Array; readonly probabilities: Float32Array }> {
    const { before, from = 0, signal } = options;
    return this.client.call("hiddenStates", { ids, before, from }, { signal });
  }

  /** The attribution part of the base. @throws RuntimeError `attribution_missing` */
  async attribution(): Promise<{ readonly base: AttributionBase; readonly hash: Hex }> {
    const found = await readAttributionBase(this.modelDir);
    if (found === undefined || found.hash !== this.attributionHash) {
      throw new RuntimeError(
        "attribution_missing",
        `${this.modelDir}: no attribution file, or another than was opened`,
      );
    }
    return found;
  }

  /** Ends the worker. Open calls are rejected with `runtime_closed`. */
  close(): Promise<void> {
    return this.client.close();
  }
}
