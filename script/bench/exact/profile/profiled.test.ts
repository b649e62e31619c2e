import { GraphBuilder } from "@openledger/engine";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { expect, test } from "vitest";
import { profiled } from "./profiled.js";

test("nodes of all runs but the first are counted, and sessions opened later are not profiled", async () => {
  const graph = new GraphBuilder("two");
  const x = graph.input("x", "float", [4]);
  graph.output("y", graph.sqrt(graph.mul(x, x)));
  const bytes = graph.build();
  const create = InferenceSession.create;

  const profile = await profiled(async () => {
    const session = await InferenceSession.create(bytes, { graphOptimizationLevel: "disabled" });
    for (let i = 0; i < 4; i++) await session.run({ x: new Tensor("float32", new Float32Array(4), [4]) });
  });

  expect(profile.runs).toBe(3);
  expect(profile.nodes.map(({ args }) => args.op_name).sort()).toEqual([
    ...new Array(3).fill("Mul"),
    ...new Array(3).fill("Sqrt"),
  ]);
  expect(profile.dur).toBeGreaterThan(0);
  expect(InferenceSession.create).toBe(create);
});
