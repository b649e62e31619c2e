import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { InferenceSession } from "onnxruntime-node";
import type { GraphBuilder } from "../../onnx/graph.js";
import type { Device } from "../conformance/Device.js";
import { openExactSession } from "./openExactSession.js";

const WEIGHTS = "weights.bin";

/**
 * A session of a graph with large constants, which pass through a file: onnxruntime maps it, packs one constant after the
 * other and unmaps it, so that weights are in memory once. The file is gone when the session is open.
 */
export async function openBulkSession(graph: GraphBuilder, device: Device): Promise<InferenceSession> {
  const folder = mkdtempSync(join(tmpdir(), "openledger-graph-"));
  try {
    const weights = openSync(join(folder, WEIGHTS), "w");
    let file: Uint8Array;
    try {
      file = graph.buildBeside(WEIGHTS, (bytes) => writeAll(weights, bytes));
    } finally {
      closeSync(weights);
    }
    const path = join(folder, "graph.onnx");
    writeFileSync(path, file);
    return await openExactSession(path, device);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}
