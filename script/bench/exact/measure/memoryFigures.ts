import type { ArtifactFolder } from "../artifacts/ArtifactFolder.js";
import { BenchError } from "../BenchError.js";
import { ContestantProcess } from "../contest/ContestantProcess.js";
import type { ContestantName } from "../contest/contestants.js";
import type { BenchModel } from "../model/benchModel.js";
import { HEADLINE_THREADS } from "./speedFigures.js";

/**
 * Peak memory (10^6 bytes) of a process that loads a model from its file, reads a prompt of 16 tokens and generates 64. The
 * fp32 baseline reads so short a prompt token by token and holds its weights once.
 */
export async function memoryFigures(
  folder: ArtifactFolder,
  model: BenchModel,
  contestants: readonly ContestantName[],
  report: (line: string) => void,
): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  for (const name of contestants) {
    report(`${model}: memory of ${name}`);
    const process = ContestantProcess.start(folder, name, HEADLINE_THREADS);
    try {
      await process.call({ call: "open", sequences: 1, length: 16 });
      const { peakMb } = await process.call({ call: "generate", count: 64 });
      figures[`peak_mb_${name}_${model}`] = peakMb;
    } catch (error) {
      if (name !== "llamacpp" || !(error instanceof BenchError)) throw error;
      report(`goes on without llama.cpp: ${error.message}`);
    } finally {
      await process.stop();
    }
  }
  return figures;
}
