import type { GraphBuilder, Value } from "../onnx/graph.js";
import type { Dim, Shape } from "../onnx/shape.js";
import type { Architecture } from "./architecture.js";
import type { ParameterSource } from "./decoder.js";
import { ModelError } from "./errors.js";
import { factorKey } from "./loraModules.js";
import { type Projection, parameterShapes, projectionShape, type Weights } from "./parameters.js";

/** Which projections take an adapter in a serving graph. Their inputs exist in every layer. */
export interface LoraInputs {
  readonly projections: readonly Projection[];
  /** The rank r, or a name when it may differ between runs. Adapters of lower rank are padded with zeros. */
  readonly rank: Dim;
}

/**
 * Parameters of a serving graph: the base's weights are constants of the file, so that onnxruntime packs them once;
 * the adapter's factors are inputs (`factorKey`), with alpha/r already multiplied into `b`.
 */
export function constantSource(
  graph: GraphBuilder,
  architecture: Architecture,
  weights: Weights,
  lora?: LoraInputs,
): ParameterSource {
  const shapes = parameterShapes(architecture);
  const made = new Map<string, Value>();
  const factors = new Map<string, Value>();
  const factor = (layer: number, projection: Projection, of: "a" | "b", shape: Shape): Value => {
    const key = factorKey(architecture, layer, projection, of);
    const value = factors.get(key) ?? graph.input(key, "float", shape);
    factors.set(key, value);
    return value;
  };
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
      const [out, inner] = projectionShape(architecture, projection);
      return {
        a: factor(layer, projection, "a", [lora.rank, inner]),
        b: factor(layer, projection, "b", [out, lora.rank]),
      };
    },
  };
}
