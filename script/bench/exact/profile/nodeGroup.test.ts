import { expect, test } from "vitest";
import { nodeGroup } from "./nodeGroup.js";

const args = { op_name: "Mul", node_index: "3" };

test("a named node counts for its operation of the program, another for its ONNX operation", () => {
  expect(nodeGroup({ name: "rotate/12.cos_kernel_time", args })).toBe("rotate");
  expect(nodeGroup({ name: "Mul_17_kernel_time", args })).toBe("Mul");
  expect(nodeGroup({ name: "/layers/mul_kernel_time", args })).toBe("Mul");
});
