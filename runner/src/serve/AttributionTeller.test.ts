import type { ProvisionalAttribution } from "@openledger/engine";
import { expect, test } from "vitest";
import { AttributionTeller } from "./AttributionTeller.js";

/** Statements that are ended by hand. */
function scene() {
  const asked: { tokens: readonly number[]; signal: AbortSignal; end: (failure?: Error) => void }[] = [];
  const told: number[] = [];
  const faults: unknown[] = [];
  const teller = new AttributionTeller(
    {
      isDue: (tokens) => tokens % 2 === 0,
      take: (tokens, { signal }) =>
        new Promise((resolve, reject) => {
          const statement = { tokens: tokens.length } as ProvisionalAttribution;
          asked.push({
            tokens,
            signal,
            end: (failure) => (failure === undefined ? resolve(statement) : reject(failure)),
          });
        }),
    },
    ({ tokens }) => told.push(tokens),
    (error) => faults.push(error),
  );
  return { teller, asked, told, faults };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("tells of what is due, one after the other, by the tokens that were there", async () => {
  const { teller, asked, told } = scene();
  const tokens = [1];
  teller.onTokens(tokens);
  tokens.push(2);
  teller.onTokens(tokens);
  tokens.push(3, 4);
  teller.onTokens(tokens);
  expect(asked.map((one) => one.tokens)).toEqual([[1, 2]]);

  asked[0]!.end();
  await settled();
  teller.onTokens(tokens);
  asked[1]!.end();
  await settled();

  expect(asked[1]!.tokens).toEqual([1, 2, 3, 4]);
  expect(told).toEqual([2, 4]);
});

test("tells nothing once it is stopped, and has the engine stop", async () => {
  const { teller, asked, told, faults } = scene();
  teller.onTokens([1, 2]);

  const stopped = teller.stop();
  expect(asked[0]!.signal.aborted).toBe(true);
  asked[0]!.end();
  await stopped;
  teller.onTokens([1, 2, 3, 4]);

  expect([asked.length, told, faults]).toEqual([1, [], []]);
});

test("waits for the engine to let go before it is stopped", async () => {
  const { teller, asked, faults } = scene();
  teller.onTokens([1, 2]);
  let isOver = false;

  const stopped = teller.stop().then(() => {
    isOver = true;
  });
  await settled();
  expect(isOver).toBe(false);
  asked[0]!.end(new Error("aborted"));
  await stopped;

  expect(faults).toEqual([]);
});

test("a failure is said once, and ends the statements", async () => {
  const { teller, asked, told, faults } = scene();
  const failure = new Error("no");
  teller.onTokens([1, 2]);
  asked[0]!.end(failure);
  await settled();
  teller.onTokens([1, 2, 3, 4]);

  expect(faults).toEqual([failure]);
  expect([asked.length, told]).toEqual([1, []]);
});
