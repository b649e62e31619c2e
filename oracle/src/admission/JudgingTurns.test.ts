import { once } from "node:events";
import { expect, it } from "vitest";
import { JudgingTurns } from "./JudgingTurns.js";

const signal = new AbortController().signal;

it("lets a round end the advice that is being made, and none begin meanwhile", async () => {
  let finish = () => {};
  let advised = 0;
  const turns = new JudgingTurns(
    {
      step: async (_, onRound) => {
        onRound?.();
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
        return true;
      },
    },
    {
      step: async (ending) => {
        advised++;
        await once(ending, "abort");
        throw ending.reason;
      },
    },
  );

  const advice = turns.advise(signal);
  const round = turns.judge(signal);
  expect(await advice).toBe(false);
  expect(await turns.advise(signal)).toBe(false);
  finish();

  expect(await round).toBe(true);
  expect(advised).toBe(1);
});

it("advises beside a look for rounds that finds none, and again after a round that failed", async () => {
  const failed = new Error("store down");
  let rounds: (onRound?: () => void) => boolean = () => false;
  const turns = new JudgingTurns({ step: async (_, onRound) => rounds(onRound) }, { step: async () => true });

  expect([await turns.judge(signal), await turns.advise(signal)]).toEqual([false, true]);
  rounds = (onRound) => {
    onRound?.();
    throw failed;
  };
  await expect(turns.judge(signal)).rejects.toBe(failed);
  expect(await turns.advise(signal)).toBe(true);
});

it("says that it works when a round or an opinion is, and not before", async () => {
  const said: string[] = [];
  const hasWork = async (_: AbortSignal, onWork?: () => void) => {
    onWork?.();
    return true;
  };
  const busy = new JudgingTurns({ step: hasWork }, { step: hasWork });
  await busy.judge(signal, () => said.push("round"));
  await busy.advise(signal, () => said.push("opinion"));
  const idle = new JudgingTurns({ step: async () => false }, { step: async () => false });
  await idle.judge(signal, () => said.push("none"));
  await idle.advise(signal, () => said.push("none"));

  expect(said).toEqual(["round", "opinion"]);
});

it("says what failed of advice, and is ended with the node", async () => {
  const failed = new Error("store down");
  const failing = new JudgingTurns(undefined, { step: () => Promise.reject(failed) });
  await expect(failing.advise(signal)).rejects.toBe(failed);
  const stopped = new JudgingTurns(undefined, {
    step: async (ending) => {
      ending.throwIfAborted();
      return true;
    },
  });
  await expect(stopped.advise(AbortSignal.abort(failed))).rejects.toBe(failed);

  const idle = new JudgingTurns(undefined, undefined);
  expect([await idle.judge(signal), await idle.advise(signal)]).toEqual([false, false]);
});
