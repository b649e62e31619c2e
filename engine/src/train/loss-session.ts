import { InferenceSession, Tensor } from "onnxruntime-node";
import { addRows } from "./gradients.js";
import { buildLossGraph, type LossGraph, type LossGraphOptions } from "./loss-graph.js";

/** Sequences of one step, padded to the session's shape. */
export interface Batch {
  /** `[B·T]` */
  readonly tokens: BigInt64Array;
  /** `[B·T]`, what follows each token */
  readonly targets: BigInt64Array;
  /** `[B·T]`, what each position counts in the loss */
  readonly weights: Float32Array;
}

export interface LossAndGradients {
  readonly loss: number;
  /** Fresh arrays on every call, one for each trained parameter. */
  readonly gradients: ReadonlyMap<string, Float32Array>;
}

/**
 * Computes losses and gradients of a model whose parameters stay in the caller's arrays: they are read in place on
 * every run, so an optimiser may change them between runs. `run` blocks the thread: use one in a worker.
 */
export class LossSession {
  private constructor(
    private readonly session: InferenceSession,
    private readonly graph: LossGraph,
    private readonly feeds: Readonly<Record<string, Tensor>>,
    private readonly shape: readonly [number, number],
  ) {}

  /** @param parameters an array for every trained parameter, of its shape */
  static async create(
    options: LossGraphOptions,
    parameters: ReadonlyMap<string, Float32Array>,
    threads: number,
  ): Promise<LossSession> {
    const graph = buildLossGraph(options);
    const feeds = Object.fromEntries(
      [...graph.parameters].map(([name, shape]) => [name, new Tensor("float32", parameters.get(name)!, shape)]),
    );
    const session = await InferenceSession.create(graph.file, {
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      graphOptimizationLevel: "all",
      // A waiting thread that spins takes its core from serving, which usually runs beside training.
      extra: { session: { intra_op: { allow_spinning: "0" } } },
    });
    return new LossSession(session, graph, feeds, [options.batch, options.length]);
  }

  /** Shapes of the trained parameters, in the order of the graph. */
  get shapes(): ReadonlyMap<string, readonly number[]> {
    return this.graph.parameters;
  }

  async run({ tokens, targets, weights }: Batch): Promise<LossAndGradients> {
    const outputs = await this.session.run({
      ...this.feeds,
      tokens: new Tensor("int64", tokens, this.shape),
      targets: new Tensor("int64", targets, [targets.length]),
      weights: new Tensor("float32", weights, [weights.length]),
    });
    const read = (name: string): Float32Array => outputs[name]!.data as Float32Array;
    const gradients = new Map<string, Float32Array>();
    for (const { parameter, dense, rows } of this.graph.gradients) {
      const size = this.graph.parameters.get(parameter)!.reduce((a, b) => a * b, 1);
      const gradient = dense === undefined ? new Float32Array(size) : read(dense);
      for (const { output, ids } of rows) addRows(gradient, ids === "tokens" ? tokens : targets, read(output));
      gradients.set(parameter, gradient);
    }
    return { loss: read("loss")[0]!, gradients };
  }

  async close(): Promise<void> {
    await this.session.release();
  }
}
