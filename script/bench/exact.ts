import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../devnet/repositoryRoot.js";
import type { Bench } from "./bench.js";
import { ArtifactFolder } from "./exact/artifacts/ArtifactFolder.js";
import { BenchError } from "./exact/BenchError.js";
import { prepareArtifacts } from "./exact/contest/ContestantProcess.js";
import { CONTESTANTS, type ContestantName } from "./exact/contest/contestants.js";
import { equalityFigures } from "./exact/equality/equalityFigures.js";
import { installPeers } from "./exact/llamacpp/peers.js";
import { memoryFigures } from "./exact/measure/memoryFigures.js";
import { speedFigures } from "./exact/measure/speedFigures.js";
import { BENCH_MODELS } from "./exact/model/benchModel.js";
import { profileFigures } from "./exact/profile/profileFigures.js";
import { qualityFigures } from "./exact/quality/qualityFigures.js";
import { keccakFigures } from "./keccak.js";

const PARTS = ["keccak", "equality", "quality", "speed", "memory"] as const;
type Part = (typeof PARTS)[number];
type Report = (line: string) => void;

/**
 * Exact programs beside float execution and llama.cpp: equality of all ways to run them, quality, speed, memory, audits, and
 * the hashing of traces.
 */
export const exact: Bench = {
  name: "exact",
  about: "exact programs beside fp32 and llama.cpp: equality, quality, speed, memory, hashing of traces",
  options: {
    only: { about: "measures one part", values: PARTS },
    "no-peers": { about: "leaves llama.cpp out, and does not install it", values: "switch" },
    profile: { about: "tells where the time goes instead, by kind of operation", values: "switch" },
  },
  run: async (report, options) => {
    if (options.profile === true) return await profileFigures(report);
    const parts = PARTS.filter((part) => options.only === undefined || options.only === part);
    const figures: Record<string, number> = {};
    if (parts.includes("keccak")) {
      report("hashing");
      Object.assign(figures, await keccakFigures());
    }
    if (parts.includes("equality")) Object.assign(figures, await equalityFigures(report));
    if (parts.every((part) => part === "keccak" || part === "equality")) return figures;
    const contestants = options["no-peers"] === true ? withoutPeers() : await withPeers(report);
    if (parts.includes("quality")) Object.assign(figures, await qualityFigures(contestants, report));
    if (parts.includes("speed") || parts.includes("memory")) {
      Object.assign(figures, await contestFigures(parts, contestants, report));
    }
    return figures;
  },
};

async function contestFigures(
  parts: readonly Part[],
  contestants: readonly ContestantName[],
  report: Report,
): Promise<Record<string, number>> {
  const home = join(repositoryRoot, ".bench");
  mkdirSync(home, { recursive: true });
  const root = mkdtempSync(join(home, "exact-"));
  const figures: Record<string, number> = {};
  // Two gigabytes are not left behind by Ctrl-C either.
  const remove = () => rmSync(root, { recursive: true, force: true });
  const interrupted = () => process.exit(130);
  process.once("exit", remove).once("SIGINT", interrupted);
  try {
    for (const model of BENCH_MODELS) {
      if (model === "base" && !parts.includes("speed")) continue;
      const folder = new ArtifactFolder(join(root, model));
      await prepareArtifacts(folder, model, contestants);
      // Memory first: what it measures does not depend on how warm the machine is.
      if (model === "135m" && parts.includes("memory")) {
        Object.assign(figures, await memoryFigures(folder, model, contestants, report));
      }
      if (parts.includes("speed")) Object.assign(figures, await speedFigures(folder, model, contestants, report));
      rmSync(folder.path, { recursive: true });
    }
  } finally {
    remove();
    process.off("exit", remove).off("SIGINT", interrupted);
  }
  return figures;
}

function withoutPeers(): readonly ContestantName[] {
  return CONTESTANTS.filter((name) => name !== "llamacpp");
}

/** All contestants, or all but llama.cpp where it cannot be had: its figures are then absent. */
async function withPeers(report: Report): Promise<readonly ContestantName[]> {
  try {
    await installPeers(report);
    return CONTESTANTS;
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    report(`goes on without llama.cpp: ${error.message}`);
    return withoutPeers();
  }
}
