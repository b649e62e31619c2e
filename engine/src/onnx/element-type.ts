/** Element types of a graph's tensors, by the names that onnxruntime uses for them. */
export type ElementType = "float32" | "float64" | "int64" | "int32" | "bool" | "uint8" | "int8";

export type FloatType = "float32" | "float64";

/** TensorProto.DataType of each element type (onnx.proto). */
export const ONNX_DATA_TYPE: Readonly<Record<ElementType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float64: 11,
};

export type TensorData = Float32Array | Float64Array | BigInt64Array | Int32Array | Uint8Array | Int8Array;

/** The element type that a typed array holds; a Uint8Array is `uint8`, never `bool`. */
export function elementTypeOf(data: TensorData): ElementType {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Float64Array) return "float64";
  if (data instanceof BigInt64Array) return "int64";
  if (data instanceof Int32Array) return "int32";
  if (data instanceof Int8Array) return "int8";
  return "uint8";
}
