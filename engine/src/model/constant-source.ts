import type { GraphBuilder, Value } from "../onnx/graph.js";
import type { Dim } from "../onnx/shape.js";
import type { Architecture } from "./architecture.js";
import type { LoraFactors, ParameterSource } from "./decoder.js";
import { ModelError } from "./errors.js";
import { loraName, type Projection, parameterShapes, projectionShape, type Weights } from "./parameters.js";

/** Which projections take an adapter in a serving graph. Their inputs exist in every layer. */
export interface LoraInputs {
  readonly projections: readonly Projection[];
  /** The rank r, or a name when it may differ between runs. Adapters of lower rank are padded with zeros. */
  readonly rank: Dim;
}

/**
 * Parameters of a serving graph: the base's weights are constants of the file, so that onnxruntime packs them once;
 * the adapter's factors are inputs (`loraName`), with alpha/r already multiplied into `b`.
 */
export function constantSource(
  graph: GraphBuilder,
  architecture: Architecture,
  weights: Weights,
  lora?: LoraInputs,
): ParameterSource {
  const shapes = parameterShapes(architecture);
  const made = new Map<string, Value>();
  const factors = new Map<string, LoraFactors>();
  return {
    weight(name) {
      const known = made.get(name);
      if (known !== undefined) return known;
      const data = weights.get(name);
      const shape = shapes.get(name);
      if (data === undefined || shape === undefined) {
        throw new ModelError("weights_missing", `weight ${name} is needed by the architecture and was not given`);
      }
      const value = graph.constant(name, data, shape);
      made.set(name, value);
      return value;
    },
    lora(layer, projection) {
      if (!lora?.projections.includes(projection)) return undefined;
      const key = `${layer}.${projection}`;
      const known = factors.get(key);
      if (known !== undefined) return known;
      const [out, inner] = projectionShape(architecture, projection);
      const pair = {
        a: graph.input(loraName(layer, projection, "a"), "float", [lora.rank, inner]),
        b: graph.input(loraName(layer, projection, "b"), "float", [out, lora.rank]),
      };
      factors.set(key, pair);
      return pair;
    },
  };
}
