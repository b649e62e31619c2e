import { InferenceSession } from "onnxruntime-node";
import type { DeviceForms } from "../lower/Lowering.js";
import type { Row } from "../reference/Row.js";
import { exactSession } from "../run/exactSession.js";
import type { OpCase } from "../testing/vectors.js";
import { OpGraph } from "./OpGraph.js";

/** What a device makes of a vector, for each of `copies` equal rows. */
export async function runOpCase(of: OpCase, forms: DeviceForms, copies: number): Promise<Row[]> {
  const one = new OpGraph(of, forms, copies);
  const { graph, feeds } = one.build();
  const session = await InferenceSession.create(graph, exactSession(1));
  try {
    return one.read(await session.run(Object.fromEntries(session.inputNames.map((name) => [name, feeds[name]!]))));
  } finally {
    await session.release();
  }
}
