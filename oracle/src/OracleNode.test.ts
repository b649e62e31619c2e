import { once } from "node:events";
import { setImmediate } from "node:timers/promises";
import { expect, it } from "vitest";
import { JudgingTurns } from "./admission/JudgingTurns.js";
import { OracleError } from "./OracleError.js";
import { OracleNode, type OracleNodeDeps } from "./OracleNode.js";

type Step = (signal: AbortSignal, onWork?: () => void) => Promise<boolean>;

/** A node that finds nothing to do but what is given; it follows no chain. */
function nodeOf(steps: { readonly read?: Step; readonly judge?: Step; readonly advise?: Step; readonly ahead: Step }) {
  const nothing: Step = async () => false;
  const { read = nothing, judge = nothing, advise = nothing, ahead } = steps;
  return new OracleNode({
    source: { head: () => Promise.reject(new OracleError("chain_unavailable", "no chain", { retryable: true })) },
    verifier: { step: read },
    judging: new JudgingTurns({ step: judge }, { step: advise }),
    ahead: { step: ahead },
    clock: { now: () => new Date(0), sleep: () => setImmediate() },
    log: { info: () => {}, fault: () => {} },
    pollIntervalMs: 1,
  } as unknown as OracleNodeDeps);
}

it.each(["read", "judge", "advise"] as const)("ends indexing ahead as something comes to %s", async (work) => {
  const stop = new AbortController();
  let ending: AbortSignal | undefined;
  let hasGivenWay: boolean | undefined;
  const node = nodeOf({
    ahead: async (signal) => {
      ending = signal;
      await once(signal, "abort");
      throw signal.reason;
    },
    [work]: async (_: AbortSignal, onWork?: () => void) => {
      if (ending === undefined) return false;
      onWork?.();
      hasGivenWay = ending.aborted;
      stop.abort();
      return true;
    },
  });

  await node.run(stop.signal);

  expect(hasGivenWay).toBe(true);
});
