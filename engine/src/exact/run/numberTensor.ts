import { Tensor } from "onnxruntime-node";
import type { Program } from "../program/Program.js";

/** Rows of numbers as a graph of the program's arithmetic takes them: f32, or integers in f64. */
export function numberTensor({ arithmetic }: Program, rows: ArrayLike<number>, dims: readonly number[]): Tensor {
  return arithmetic === "float"
    ? new Tensor("float32", rows instanceof Float32Array ? rows : Float32Array.from(rows), [...dims])
    : new Tensor("float64", Float64Array.from(rows), [...dims]);
}
