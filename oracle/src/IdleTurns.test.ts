import { once } from "node:events";
import { expect, it } from "vitest";
import { IdleTurns } from "./IdleTurns.js";

const signal = new AbortController().signal;

it("ends idle work when other work comes, and lets none begin until all of that has ended", async () => {
  const turns = new IdleTurns();
  let begun = 0;
  const idle = () =>
    turns.idle(async (ending) => {
      begun++;
      await once(ending, "abort");
      throw ending.reason;
    }, signal);
  const finish: (() => void)[] = [];
  const other = () =>
    turns.other(async (onWork) => {
      onWork();
      onWork();
      await new Promise<void>((resolve) => finish.push(resolve));
      return "done";
    });

  const idling = idle();
  const others = [other(), other()];
  expect(await idling).toBe(false);
  finish[0]!();
  expect(await others[0]).toBe("done");
  expect(await idle()).toBe(false);
  expect(begun).toBe(1);

  finish[1]!();
  await others[1];
  expect(await turns.idle(async () => true, signal)).toBe(true);
});

it("lets idle work go on beside a look that finds no other, and begin again after other work that failed", async () => {
  const turns = new IdleTurns();
  const failed = new Error("store down");

  const looked = turns.idle(async (ending) => {
    await turns.other(async () => false);
    return !ending.aborted;
  }, signal);
  expect(await looked).toBe(true);
  const failing = turns.other(async (onWork) => {
    onWork();
    throw failed;
  });
  await expect(failing).rejects.toBe(failed);
  expect(await turns.idle(async () => true, signal)).toBe(true);
});

it("says what failed of idle work, and is ended with the node", async () => {
  const turns = new IdleTurns();
  const failed = new Error("disk full");
  await expect(turns.idle(() => Promise.reject(failed), signal)).rejects.toBe(failed);
  const reason = new Error("the node stops");
  const stopped = turns.idle(async (ending) => {
    ending.throwIfAborted();
    return true;
  }, AbortSignal.abort(reason));
  await expect(stopped).rejects.toBe(reason);
});
