import { type ElementType, ONNX_DATA_TYPE } from "../../../onnx/element-type.js";
import type { Value } from "../../../onnx/graph.js";
import type { Lowering } from "../Lowering.js";

/** A tensor in another element type; itself where it is of that type. */
export function cast(lowering: Lowering, x: Value, to: ElementType): Value {
  if (x.type === to) return x;
  return lowering.graph.custom("Cast", [x], to, x.shape, { attributes: { to: ONNX_DATA_TYPE[to] } });
}
