import { readFileSync } from "node:fs";
import { type Architecture, ExactModel, openProgram, StepEngine, StepModel } from "@openledger/engine";
import type { ArtifactFolder } from "../artifacts/ArtifactFolder.js";
import { Fp32Model } from "../fp32/Fp32Model.js";
import { LlamaCppContestant } from "../llamacpp/LlamaCppContestant.js";
import type { Contestant } from "./Contestant.js";
import type { ContestantName } from "./contestants.js";
import { ExactContestant } from "./ExactContestant.js";
import { Fp32Contestant } from "./Fp32Contestant.js";

/** A contestant from the files of its model. */
export async function loadContestant(
  folder: ArtifactFolder,
  name: ContestantName,
  threads: number,
): Promise<Contestant> {
  const architecture = JSON.parse(readFileSync(folder.architecture, "utf8")) as Architecture;
  const { vocabulary } = architecture;
  if (name === "llamacpp") return await LlamaCppContestant.load(folder.gguf, vocabulary, threads);
  if (name === "fp32") {
    const { buffer, byteOffset, byteLength } = readFileSync(folder.embedding);
    const embedding = new Float32Array(buffer, byteOffset, byteLength / 4);
    const graph = (form: "step" | "pass") => folder.fp32Graph(form);
    const model = new Fp32Model({ architecture, embedding, graph }, threads);
    return new Fp32Contestant(model, vocabulary);
  }
  const opened = openProgram(folder.program(name));
  const device = { provider: "cpu", threads } as const;
  const exact = await ExactModel.open(opened.program, { ...folder.forms(name), device, rows: opened });
  return new ExactContestant(exact, () => new StepModel(new StepEngine(), opened.program, opened));
}
