import { InferenceSession } from "onnxruntime-node";
import type { Device } from "../conformance/Device.js";
import { ExactError } from "../errors.js";

/**
 * A session that computes exact programs.
 *
 * @param graph a file's bytes or its path
 * @throws ExactError `device_missing` when the execution provider cannot be had
 */
export async function openExactSession(graph: Uint8Array | string, device: Device): Promise<InferenceSession> {
  const { provider, threads } = device;
  const options: InferenceSession.SessionOptions = {
    executionProviders: [provider],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    // Every rewriting of the graph may round otherwise: none is allowed.
    graphOptimizationLevel: "disabled",
    // Unused constants are told of as warnings.
    logSeverityLevel: 3,
    extra: { session: { disable_quant_qdq: "1" } },
  };
  try {
    return typeof graph === "string"
      ? await InferenceSession.create(graph, options)
      : await InferenceSession.create(graph, options);
  } catch (cause) {
    if (provider === "cpu") throw cause;
    throw new ExactError(
      "device_missing",
      `execution provider ${provider} cannot be used here (${String(cause)}); use cpu`,
      { cause },
    );
  }
}
