import { type Adapter, adapterScale } from "../model/adapter.js";
import type { Architecture } from "../model/architecture.js";
import { decoderHidden, headWeight, type LoraFactors, type ParameterSource } from "../model/decoder.js";
import { factorKey, factorsOf } from "../model/loraModules.js";
import { parameterShapes, type Weights } from "../model/parameters.js";
import { sequenceContext } from "../model/sequenceContext.js";
import type { FloatType } from "../onnx/element-type.js";
import { GraphBuilder, type Value } from "../onnx/graph.js";
import { gradients } from "./gradients.js";

export interface LossGraphOptions {
  readonly architecture: Architecture;
  /** Sequences a step. */
  readonly batch: number;
  /** Positions of a sequence. */
  readonly length: number;
  /** What is trained: every weight of the model, some of them over the frozen rest, or an adapter over a frozen base. */
  readonly trains: FullTraining | PartialTraining | AdapterTraining;
  /** `loss` alone, or with the gradient of every trained parameter. */
  readonly outputs: "loss" | "loss and gradients";
  readonly float?: FloatType;
}

export interface FullTraining {
  readonly kind: "weights";
}

export interface PartialTraining {
  readonly kind: "some weights";
  readonly base: Weights;
  /** By their names in `base`. */
  readonly names: readonly string[];
}

export interface AdapterTraining extends Pick<Adapter, "rank" | "alpha" | "scaling" | "projections"> {
  readonly kind: "adapter";
  readonly base: Weights;
}

/** A graph of the training loss, and how its inputs and outputs are named. */
export interface LossGraph {
  readonly file: Uint8Array;
  /** Trained parameters: an input each, of this shape, under this name. */
  readonly parameters: ReadonlyMap<string, readonly number[]>;
  /** Outputs that make up the gradient of a parameter. */
  readonly gradients: readonly GradientOutputs[];
}

export interface GradientOutputs {
  readonly parameter: string;
  readonly dense: string | undefined;
  /** Rows that were read from the parameter: their gradients' output, and the input that holds their ids. */
  readonly rows: readonly { readonly output: string; readonly ids: "tokens" | "targets" }[];
}

/**
 * Loss of next-token prediction, and its gradients, as one graph.
 *
 * Inputs: `tokens` int64 `[B, T]`; `targets` int64 `[B·T]`; `weights` `[B·T]`, what each position counts (their sum is
 * usually 1); every trained parameter. Outputs: `loss`, the weighted sum of cross-entropies in nats, shape `[]`; the
 * gradients as `LossGraph.gradients` lists them.
 */
export function buildLossGraph(options: LossGraphOptions): LossGraph {
  const { architecture, batch, length, trains } = options;
  const { hidden } = architecture;
  const graph = new GraphBuilder("loss", { float: options.float ?? "float32" });
  const tokens = graph.input("tokens", "int64", [batch, length]);
  const targets = graph.input("targets", "int64", [batch * length]);
  const weights = graph.input("weights", "float", [batch * length]);
  const shapes = parametersOf(architecture, trains);
  const parameters = new Map([...shapes].map(([name, shape]) => [name, graph.input(name, "float", shape)]));
  const source = sourceOf(graph, architecture, trains, parameters);

  const context = sequenceContext(graph, architecture, length);
  const states = decoderHidden(graph, architecture, source, tokens, context);
  const rows = graph.reshape(states, [batch * length, hidden]);
  const loss = graph.crossEntropy(rows, headWeight(architecture, source), targets, weights);
  graph.output("loss", loss);
  if (options.outputs === "loss") return { file: graph.build(), parameters: shapes, gradients: [] };

  const found = gradients(graph, loss, [...parameters.values()]);
  const outputs = [...parameters.keys()].map((parameter, i): GradientOutputs => {
    const { dense, rows } = found[i]!;
    if (dense !== undefined) graph.output(`gradient.${parameter}`, dense);
    const named = rows.map(({ ids, values }, j) => {
      const output = `rows.${j}.${parameter}`;
      graph.output(output, values);
      return { output, ids: ids.name === tokens.name ? ("tokens" as const) : ("targets" as const) };
    });
    return { parameter, dense: dense === undefined ? undefined : `gradient.${parameter}`, rows: named };
  });
  return { file: graph.build(), parameters: shapes, gradients: outputs };
}

function parametersOf(architecture: Architecture, trains: LossGraphOptions["trains"]): Map<string, readonly number[]> {
  if (trains.kind === "weights") return parameterShapes(architecture);
  if (trains.kind === "some weights") {
    return new Map([...parameterShapes(architecture)].filter(([name]) => trains.names.includes(name)));
  }
  return new Map(factorsOf(architecture, trains.projections, trains.rank).map(({ key, shape }) => [key, shape]));
}

function sourceOf(
  graph: GraphBuilder,
  architecture: Architecture,
  trains: LossGraphOptions["trains"],
  parameters: ReadonlyMap<string, Value>,
): ParameterSource {
  if (trains.kind === "weights") return { weight: (name) => parameters.get(name)!, lora: () => undefined };
  const shapes = parameterShapes(architecture);
  const constants = new Map<string, Value>();
  return {
    weight(name) {
      const value =
        parameters.get(name) ?? constants.get(name) ?? graph.constant(name, trains.base.get(name)!, shapes.get(name)!);
      constants.set(name, value);
      return value;
    },
    lora(layer, projection): LoraFactors | undefined {
      if (trains.kind === "some weights" || !trains.projections.includes(projection)) return undefined;
      return {
        a: parameters.get(factorKey(architecture, layer, projection, "a"))!,
        b: parameters.get(factorKey(architecture, layer, projection, "b"))!,
        scale: graph.scalar(adapterScale(trains)),
      };
    },
  };
}
