import { promptTokens } from "../contest/Contestant.js";
import { compileModel, ExactModel, type Program, type Tier } from "../engineParts.js";
import { benchModel } from "../model/benchModel.js";
import { nodeGroup } from "./nodeGroup.js";
import { profiled } from "./profiled.js";

const TIERS: readonly Tier[] = ["w8a8", "w8a16"];
const CACHED = 128;

/** What is profiled, one session each. */
const SCENES: Readonly<Record<string, (exact: ExactModel, program: Program) => Promise<void>>> = {
  decode: (exact, program) => steps(exact, program, 1, 16),
  batch32: (exact, program) => steps(exact, program, 32, 5),
  prefill: async (exact, program) => {
    for (let i = 0; i < 4; i++) await exact.prefill(promptTokens(256, program.shape.vocabulary), exact.newCache());
  },
};

/**
 * Where the time of exact programs goes, one thread, 135 M parameters: milliseconds of a run by group of nodes, largest
 * first, with the number of nodes, and what onnxruntime spends between nodes.
 */
export async function profileFigures(report: (line: string) => void): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  const model = await benchModel("135m");
  for (const tier of TIERS) {
    report(`profile: compiling ${tier}`);
    const program = compileModel(model, { tier });
    for (const [scene, run] of Object.entries(SCENES)) {
      report(`profile: ${tier} ${scene}`);
      const exact = new ExactModel(program, { threads: 1, grids: "function" });
      const profile = await profiled(() => run(exact, program));
      await exact.release();

      const groups = new Map<string, { ms: number; nodes: number }>();
      for (const node of profile.nodes) {
        const group = nodeGroup(node);
        const { ms, nodes } = groups.get(group) ?? { ms: 0, nodes: 0 };
        groups.set(group, { ms: ms + node.dur / 1000 / profile.runs, nodes: nodes + 1 / profile.runs });
      }
      const prefix = `profile_${tier}_${scene}`;
      const inNodes = [...groups.values()].reduce((sum, { ms }) => sum + ms, 0);
      figures[`${prefix}_run_ms`] = profile.dur / 1000 / profile.runs;
      figures[`${prefix}_between_nodes_ms`] = profile.dur / 1000 / profile.runs - inNodes;
      for (const [group, { ms, nodes }] of [...groups].sort(([, a], [, b]) => b.ms - a.ms)) {
        figures[`${prefix}_${group}_ms`] = ms;
        figures[`${prefix}_${group}_nodes`] = Math.round(nodes);
      }
    }
  }
  return figures;
}

/** Steps over a cache whose content does not matter. */
async function steps(exact: ExactModel, program: Program, sequences: number, count: number): Promise<void> {
  const cache = exact.newCache(sequences);
  cache.reserve(CACHED + count);
  cache.filled = CACHED;
  const tokens = promptTokens(sequences, program.shape.vocabulary);
  for (let i = 0; i < count; i++) await exact.step(tokens, cache);
}
