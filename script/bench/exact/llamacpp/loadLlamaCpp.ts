import type { Llama, LlamaModel, NodeLlamaCpp } from "./nodeLlamaCpp.js";
import { LLAMA_CPP_URL } from "./peers.js";

/** A GGUF file in llama.cpp's prebuilt binary for processors; nothing is fetched or built. */
export async function loadLlamaCpp(
  file: string,
  threads: number,
): Promise<{ readonly llama: Llama; readonly model: LlamaModel }> {
  const { getLlama } = (await import(LLAMA_CPP_URL)) as NodeLlamaCpp;
  const llama = await getLlama({
    gpu: false,
    build: "never",
    skipDownload: true,
    progressLogs: false,
    logLevel: "error",
    maxThreads: threads,
  });
  return { llama, model: await llama.loadModel({ modelPath: file, gpuLayers: 0 }) };
}
