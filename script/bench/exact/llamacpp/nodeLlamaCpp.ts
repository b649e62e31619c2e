/** The part of node-llama-cpp 3.22 that the bench uses. It is no dependency of this workspace, so its types are not there. */
export interface NodeLlamaCpp {
  getLlama(options: {
    readonly gpu: false;
    readonly build: "never";
    readonly skipDownload: true;
    readonly progressLogs: false;
    readonly logLevel: "error";
    readonly maxThreads: number;
  }): Promise<Llama>;
}

export interface Llama {
  loadModel(options: { readonly modelPath: string; readonly gpuLayers: 0 }): Promise<LlamaModel>;
  dispose(): Promise<void>;
}

export interface LlamaModel {
  createContext(options: {
    readonly sequences: number;
    /** Positions of each sequence. */
    readonly contextSize: number;
    /** Tokens evaluated at once, of all sequences. */
    readonly batchSize: number;
    readonly threads: number;
    readonly flashAttention: boolean;
    readonly batching?: { readonly itemPrioritizationStrategy: Prioritize };
  }): Promise<LlamaContext>;
}

/** Which waiting items the next batch takes, and how many tokens of each. Called once a batch. */
export type Prioritize = (waiting: { readonly items: readonly BatchItem[]; readonly size: number }) => {
  readonly item: BatchItem;
  readonly processAmount: number;
}[];

export interface BatchItem {
  readonly tokens: readonly number[];
}

export interface LlamaContext {
  getSequence(): LlamaSequence;
  dispose(): Promise<void>;
}

export interface LlamaSequence {
  evaluate(
    tokens: readonly number[],
    options: { readonly temperature: 0; readonly yieldEogToken: true },
  ): AsyncGenerator<number, void, undefined>;
  controlledEvaluate(input: readonly ControlledToken[]): Promise<readonly (ControlledOutput | undefined)[]>;
  clearHistory(): Promise<void>;
}

export interface NextToken {
  readonly token: true;
  readonly logits?: true;
  readonly options: { readonly temperature: 0 };
}

export type ControlledToken = number | readonly [number, { readonly generateNext: NextToken }];

export interface ControlledOutput {
  readonly next: { readonly token: number; readonly logits?: ReadonlyMap<number, number> };
}
