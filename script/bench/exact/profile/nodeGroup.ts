import type { NodeEvent } from "./profiled.js";

const SUFFIX = "_kernel_time";

/**
 * What a node's time is counted under. A node that the lowering named `<kind>/<anything>` counts for that kind of operation
 * of the program; one without a name, which onnxruntime calls `<op>_<number>`, for its ONNX operation.
 */
export function nodeGroup({ name, args }: Pick<NodeEvent, "name" | "args">): string {
  const named = name.slice(0, -SUFFIX.length);
  const slash = named.indexOf("/");
  return slash > 0 ? named.slice(0, slash) : args.op_name;
}
