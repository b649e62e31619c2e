import type { InferenceSession } from "onnxruntime-node";

/** Options of every session that computes exact programs. */
export function exactSession(threads: number): InferenceSession.SessionOptions {
  return {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    // Every rewriting of the graph may round otherwise: none is allowed.
    graphOptimizationLevel: "disabled",
    // Unused constants are told of as warnings.
    logSeverityLevel: 3,
    extra: { session: { disable_quant_qdq: "1" } },
  };
}
