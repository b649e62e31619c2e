import { disputeKindNumber } from "@openledger/sdk";
import { type Address, pad } from "viem";
import { beforeEach, expect, it } from "vitest";
import type { OpenDispute } from "../store/CourtFacts.js";
import { DisputeKeeper } from "./DisputeKeeper.js";
import type { Outcome } from "./Outbox.js";

const account = pad("0x1", { size: 20 }) as Address;
const revealsUntil = 1000n;
const appealPeriod = 100n;

let now: bigint;
let time: number;
let disputes: OpenDispute[];
let outcome: Outcome;
let sent: string[];
let keeper: DisputeKeeper;

beforeEach(() => {
  now = revealsUntil + appealPeriod;
  time = 0;
  disputes = [open({})];
  outcome = { kind: "done", hash: pad("0x1") };
  sent = [];
  keeper = new DisputeKeeper({
    deployment: { addresses: { jury: pad("0x2", { size: 20 }), disputeManager: pad("0x3", { size: 20 }) } } as never,
    courtFacts: { unenforcedDisputes: async () => disputes },
    chain: { now: async () => now, appealPeriod: async () => appealPeriod },
    outbox: {
      account,
      submit: async ({ functionName, args }) => {
        sent.push(`${functionName} ${args.join()}`);
        return outcome;
      },
    },
    clock: { now: () => new Date(time), sleep: async () => {} },
    log: { info: () => {}, fault: () => {} },
  });
});

function open(more: Partial<OpenDispute>): OpenDispute {
  const kind = disputeKindNumber("answer");
  return { dispute: 7n, kind, revealsUntil, appealedUntil: undefined, isFinished: false, ...more };
}

const step = () => keeper.step(new AbortController().signal);

it("finishes a dispute in the first second in which it can, not before", async () => {
  now -= 1n;
  const early = await step();
  now += 1n;

  expect([early, await step(), sent]).toEqual([false, true, ["finish 7"]]);
});

it("waits for the end of an appeal", async () => {
  disputes = [open({ appealedUntil: 2000n })];
  now = 1999n;
  await step();
  now = 2000n;
  await step();

  expect(sent).toEqual(["finish 7"]);
});

it("enforces what is finished", async () => {
  disputes = [open({ isFinished: true })];

  await step();

  expect(sent).toEqual(["enforce 7"]);
});

it("leaves revocations to who disputed by hand, and goes on with the others", async () => {
  disputes = [open({ kind: disputeKindNumber("data"), isFinished: true }), open({ dispute: 8n })];

  await step();

  expect(sent).toEqual(["finish 8"]);
});

it("does not try what was refused again at once, and goes on with the others", async () => {
  outcome = { kind: "refused", error: "Paused()" };
  disputes = [open({}), open({ dispute: 8n })];
  await step();
  await step();
  time += 60_000;
  await step();

  expect(sent).toEqual(["finish 7", "finish 8", "finish 7", "finish 8"]);
});
