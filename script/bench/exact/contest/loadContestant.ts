import { readFileSync } from "node:fs";
import type { Architecture } from "@openledger/engine";
import type { ArtifactFolder } from "../artifacts/ArtifactFolder.js";
import { readProgramFile } from "../artifacts/programFile.js";
import { ExactModel, LOGIT_ONE } from "../engineParts.js";
import { Fp32Model } from "../fp32/Fp32Model.js";
import { LlamaCppContestant } from "../llamacpp/LlamaCppContestant.js";
import type { Contestant } from "./Contestant.js";
import type { ContestantName } from "./contestants.js";
import { greedyIntegerToken, greedyToken } from "./greedyToken.js";
import { OnnxContestant } from "./OnnxContestant.js";

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
    return new OnnxContestant(model, { vocabulary, choose: greedyToken });
  }
  const exact = new ExactModel(readProgramFile(folder.program(name)), { threads, grids: "function" });
  return new OnnxContestant(exact, {
    vocabulary,
    choose: (logits) => greedyIntegerToken(logits, LOGIT_ONE),
    pass: async (tokens, heads) => (await exact.pass(tokens, heads)).logits,
  });
}
