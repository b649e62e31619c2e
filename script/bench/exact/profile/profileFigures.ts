import { compileModel, conform, ExactModel, type Program, StepEngine, StepModel, type Tier } from "@openledger/engine";
import { promptTokens } from "../contest/Contestant.js";
import { benchModel } from "../model/benchModel.js";
import { nodeGroup } from "./nodeGroup.js";
import { type Profile, profiled } from "./profiled.js";
import { timedKernels } from "./timedKernels.js";

const TIERS: readonly Tier[] = ["w8a8", "w8a16"];
const CACHED = 128;
const STEPS = 16;

/** What is profiled of graphs, one session each. */
const SCENES: Readonly<Record<string, (exact: ExactModel) => Promise<void>>> = {
  step_graph: (exact) => steps(exact, 1, STEPS),
  batch32: (exact) => steps(exact, 32, 5),
  prefill: async (exact) => {
    const tokens = promptTokens(256, exact.program.shape.vocabulary);
    for (let i = 0; i < 4; i++) await exact.prefill(tokens, exact.newCache());
  },
};

type Figures = Record<string, number>;

/**
 * Where the time of exact programs goes, one thread, 135 M parameters: milliseconds of a run by kind of operation, largest
 * first, with the number of nodes or calls, and what passes between them.
 */
export async function profileFigures(report: (line: string) => void): Promise<Figures> {
  const figures: Figures = {};
  const model = await benchModel("135m");
  for (const tier of TIERS) {
    report(`profile: compiling ${tier}`);
    const program = compileModel(model, { tier });
    report(`profile: ${tier} decode`);
    Object.assign(figures, kernelFigures(program, `profile_${tier}_decode`));
    const device = { provider: "cpu", threads: 1 } as const;
    const forms = await conform(device, program);
    for (const [scene, run] of Object.entries(SCENES)) {
      report(`profile: ${tier} ${scene}`);
      const profile = await profiled(async () => run(await ExactModel.open(program, forms)));
      Object.assign(figures, graphFigures(profile, `profile_${tier}_${scene}`));
    }
  }
  return figures;
}

function graphFigures({ nodes, runs, dur }: Profile, prefix: string): Figures {
  const groups = new Map<string, Group>();
  for (const node of nodes) {
    const group = nodeGroup(node);
    const { ms, count } = groups.get(group) ?? { ms: 0, count: 0 };
    groups.set(group, { ms: ms + node.dur / 1000 / runs, count: count + 1 / runs });
  }
  return grouped(prefix, dur / 1000 / runs, groups);
}

/** One sequence on kernels, behind a cache whose content does not matter. */
function kernelFigures(program: Program, prefix: string): Figures {
  const { engine, times, reset } = timedKernels(new StepEngine());
  const model = new StepModel(engine, program);
  const sequence = model.newSequence(CACHED + STEPS + 1);
  sequence.length = CACHED;
  model.step(sequence, 1);
  reset();
  const started = performance.now();
  for (let i = 0; i < STEPS; i++) model.step(sequence, 1);
  const ms = (performance.now() - started) / STEPS;
  const groups = [...times].map(([name, { ms, count }]) => [name, { ms: ms / STEPS, count: count / STEPS }] as const);
  return grouped(prefix, ms, new Map(groups));
}

interface Group {
  readonly ms: number;
  readonly count: number;
}

function grouped(prefix: string, run: number, groups: ReadonlyMap<string, Group>): Figures {
  const within = [...groups.values()].reduce((sum, { ms }) => sum + ms, 0);
  const figures: Figures = { [`${prefix}_run_ms`]: run, [`${prefix}_between_ms`]: run - within };
  for (const [group, { ms, count }] of [...groups].sort(([, a], [, b]) => b.ms - a.ms)) {
    figures[`${prefix}_${group}_ms`] = ms;
    figures[`${prefix}_${group}_count`] = Math.round(count);
  }
  return figures;
}

/** Steps over a cache whose content does not matter. */
async function steps(exact: ExactModel, sequences: number, count: number): Promise<void> {
  const cache = exact.newCache(sequences);
  cache.reserve(CACHED + count);
  cache.filled.fill(CACHED);
  const tokens = promptTokens(sequences, exact.program.shape.vocabulary);
  for (let i = 0; i < count; i++) await exact.step(tokens, cache);
}
