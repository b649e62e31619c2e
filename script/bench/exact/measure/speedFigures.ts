import { loadavg } from "node:os";
import type { ArtifactFolder } from "../artifacts/ArtifactFolder.js";
import { ContestantProcess } from "../contest/ContestantProcess.js";
import { type ContestantName, isTier } from "../contest/contestants.js";
import type { BenchModel } from "../model/benchModel.js";
import { Contest, type RoundTimes } from "./Contest.js";
import { median } from "./median.js";

/**
 * Figures without a number of threads in their name are of one: with as many threads as cores, any other process stops
 * threads that wait for each other, llama.cpp's for whole time slices, and ratios tell of the scheduler.
 */
export const HEADLINE_THREADS: number = 1;
const THREADS = [1, 2] as const;

/** An answer of 256 tokens to a prompt of 16, in eight rounds. */
const ANSWER = { prompt: 16, rounds: 8, tokens: 32 } as const;
/** 32 sequences over 128 keys in the mean. */
const BATCH = { sequences: 32, prompt: 108, warm: 4, rounds: 8, steps: 4 } as const;
const PREFILL = { length: 256, rounds: 7 } as const;

type Figures = Record<string, number>;

/**
 * Tokens a second of each contestant and their ratios: decoding alone, 32 sequences at once, reading a prompt; and of exact
 * programs the time of an audit over that of generating. Ratios are medians over rounds of the two times side by side.
 */
export async function speedFigures(
  folder: ArtifactFolder,
  model: BenchModel,
  contestants: readonly ContestantName[],
  report: (line: string) => void,
): Promise<Figures> {
  const figures: Figures = {};
  for (const threads of THREADS) {
    const end =
      threads === HEADLINE_THREADS ? model : `${model}_${threads === 1 ? "one_thread" : `${threads}_threads`}`;
    const tell = (what: string) => report(`${model}, threads ${threads}: ${what} (load ${loadavg()[0]!.toFixed(1)})`);
    const players = contestants.map((name) => ContestantProcess.start(folder, name, threads));
    const contest = new Contest(players, report);
    try {
      Object.assign(figures, await measure(contest, end, tell));
    } finally {
      await contest.stop();
    }
  }
  return figures;
}

async function measure(contest: Contest, end: string, tell: (what: string) => void): Promise<Figures> {
  tell("loading");
  await contest.each({ call: "open", sequences: 1, length: ANSWER.prompt });
  await contest.each({ call: "generate", count: 4 });
  await contest.each({ call: "prefill", length: PREFILL.length });
  await contest.each({ call: "open", sequences: 1, length: ANSWER.prompt });
  tell("decoding");
  const answer = ANSWER.rounds * ANSWER.tokens;
  const [decode, audit] = await contest.rounds(ANSWER.rounds, [
    { call: { call: "generate", count: ANSWER.tokens } },
    { call: { call: "audit", prompt: ANSWER.prompt, answer }, takesPart: isTier },
  ]);
  tell("prompts");
  const [prefill] = await contest.rounds(PREFILL.rounds, [{ call: { call: "prefill", length: PREFILL.length } }]);
  tell("opening 32 sequences");
  await contest.each({ call: "open", sequences: BATCH.sequences, length: BATCH.prompt });
  await contest.each({ call: "generate", count: BATCH.warm });
  tell("decoding 32 sequences");
  const [batch] = await contest.rounds(BATCH.rounds, [{ call: { call: "generate", count: BATCH.steps } }]);
  return {
    ...compared("decode", ANSWER.tokens, decode!, end),
    ...compared("batch32", BATCH.steps * BATCH.sequences, batch!, end),
    ...compared("prefill", PREFILL.length, prefill!, end),
    ...audited(decode!, audit!, end),
  };
}

/** Tokens a second, and of each tier the ratio to each other engine. */
function compared(what: string, tokens: number, times: RoundTimes, end: string): Figures {
  const figures: Figures = {};
  for (const [name, ms] of times) figures[`${what}_tokens_per_second_${name}_${end}`] = (1000 * tokens) / median(ms);
  for (const [tier, own] of times) {
    if (!isTier(tier)) continue;
    for (const [other, theirs] of times) {
      if (isTier(other)) continue;
      figures[`${what}_ratio_${tier}_vs_${other}_${end}`] = median(own.map((ms, round) => theirs[round]! / ms));
    }
  }
  return figures;
}

/** An audit against generating as many tokens, at the pace of its round. */
function audited(decode: RoundTimes, audit: RoundTimes, end: string): Figures {
  const figures: Figures = {};
  for (const [tier, ms] of audit) {
    const generating = decode.get(tier)!;
    const ratio = median(ms.map((time, round) => time / (generating[round]! * ANSWER.rounds)));
    figures[tier === "w8a8" ? `audit_over_generation_${end}` : `audit_over_generation_${tier}_${end}`] = ratio;
  }
  return figures;
}
