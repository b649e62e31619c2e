import { mkdirSync, writeFileSync } from "node:fs";
import { commitProgram, compileModel, conform, EMBEDDING, type Program, writeProgram } from "@openledger/engine";
import { loadKeccak } from "@openledger/sdk";
import { type ContestantName, isTier } from "../contest/contestants.js";
import { fp32PassGraph } from "../fp32/fp32PassGraph.js";
import { fp32StepGraph } from "../fp32/fp32StepGraph.js";
import { writeLlamaGguf } from "../gguf/writeLlamaGguf.js";
import { type BenchModel, benchModel } from "../model/benchModel.js";
import type { ArtifactFolder } from "./ArtifactFolder.js";

/** Writes what each contestant loads; 2 GB for all of the 135 M model. */
export async function writeArtifacts(
  folder: ArtifactFolder,
  name: BenchModel,
  contestants: readonly ContestantName[],
  report: (line: string) => void,
): Promise<void> {
  mkdirSync(folder.path, { recursive: true });
  const model = await benchModel(name);
  writeFileSync(folder.architecture, JSON.stringify(model.architecture));
  for (const contestant of contestants) {
    if (isTier(contestant)) {
      report(`${name}: compiling ${contestant}`);
      await writeExact(folder, compileModel(model, { tier: contestant }));
    } else if (contestant === "llamacpp") {
      report(`${name}: writing GGUF`);
      writeLlamaGguf(folder.gguf, model);
    } else {
      report(`${name}: writing fp32 graphs`);
      writeFileSync(folder.embedding, model.weights.get(EMBEDDING)!);
      writeFileSync(folder.fp32Graph("step"), fp32StepGraph(model));
      writeFileSync(folder.fp32Graph("pass"), fp32PassGraph(model));
    }
  }
}

/** A committed program, and how this machine computes it. */
export async function writeExact(folder: ArtifactFolder, program: Program): Promise<void> {
  await writeProgram(commitProgram(await loadKeccak(), program), folder.program(program.tier));
  folder.writeForms(program.tier, await conform({ provider: "cpu", threads: 1 }, program));
}
