import type { ProvisionalAttribution } from "@openledger/engine";
import { requestHash, type Voucher, voucherTypedData } from "@openledger/sdk";
import { pad } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { beforeEach, expect, test } from "vitest";
import type { ChannelState } from "../settle/checkVoucher.js";
import type { StoredReceipt } from "../store/StoredReceipt.js";
import { AnswerDesk, type PaidRequest } from "./AnswerDesk.js";
import type { FollowedAttribution } from "./AttributionTeller.js";
import type { ServedModel } from "./ServedModel.js";

const runner = privateKeyToAccount(pad("0x8"));
const payer = privateKeyToAccount(pad("0xa"));
const domain = { chainId: 1, market: pad("0x9", { size: 20 }) };
const request = {
  model: 5n,
  salt: pad("0x4"),
  prompt: "a prompt",
  maxTokens: 3,
  temperatureMilli: 0,
  topPMilli: 1_000,
  topK: 0,
  repetitionPenaltyMilli: 1_000,
  seed: pad("0x5"),
};

async function paid(nonce: bigint): Promise<PaidRequest> {
  const voucher: Voucher = {
    channel: pad("0x2"),
    model: 5n,
    nonce,
    cumulativeCap: 1_000n,
    requestHash: requestHash(request),
    deadline: 2_000_000_000n,
  };
  return { voucher, signature: await payer.signTypedData(voucherTypedData(domain, voucher)), request };
}

/** Ends an answer's third token; one for each that is being written. */
let ends: (() => void)[];
/** Whether the engine works on a statement when the model is let go. */
let wasBusy: boolean;
let isBusy: boolean;
let followed: number;
let take: FollowedAttribution["take"];
let failure: Error | undefined;
let faults: unknown[];
let desk: AnswerDesk;

beforeEach(() => {
  [ends, wasBusy, isBusy, followed, failure, faults] = [[], false, false, 0, undefined, []];
  take = async (tokens) => ({ tokens: tokens.length }) as ProvisionalAttribution;
  const model = {
    model: 5n,
    contextTokens: 64,
    programRoot: pad("0x6"),
    price: { perRequest: 0n, perPromptToken: 1n, perOutputToken: 1n },
    hold: () => () => {
      wasBusy = isBusy;
    },
    encode: () => [1, 2],
    decode: () => "text",
    generate: async (_prompt: unknown, _sampling: unknown, onToken: (token: number) => void) => {
      onToken(3);
      onToken(4);
      await new Promise<void>((resolve) => ends.push(resolve));
      onToken(5);
      return { tokens: [3, 4, 5], finish: "length" };
    },
    attribute: async () => ({ shares: [], records: [], methodHash: pad("0x7") }),
    follow: (): FollowedAttribution => {
      followed++;
      if (failure !== undefined) throw failure;
      return { isDue: (tokens) => tokens === 2, take: (...asked) => take(...asked) };
    },
  } as unknown as ServedModel;
  desk = new AnswerDesk({
    account: runner,
    domain,
    models: { list: () => [model], get: () => model },
    market: {
      channel: async () => ({ payer: payer.address, runner: runner.address }) as ChannelState,
      earlierSettlement: () => Promise.reject(new Error("nobody asks")),
      isAuthorizedSigner: async () => false,
      isActiveOracle: async () => false,
    },
    ledger: {
      find: async () => undefined,
      knows: async () => true,
      admit: async () => ({ state: "pending" }),
      pending: async () => [],
      beginAttempt: async () => 1,
      owed: async () => 0n,
      answer: async (stored) => stored as StoredReceipt,
      release: async () => {},
    },
    now: () => 0,
    horizonSeconds: 0,
    queueLimit: 2,
    onReceipt: () => {},
    onFault: (error) => faults.push(error),
  });
});

/** Until what is ready has run. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await settled();
}

test("who asks for it is told whose data shapes an answer before it is whole", async () => {
  const told: unknown[] = [];
  const answer = desk.ask(await paid(1n), {
    onTokens: (tokens) => told.push(tokens.length),
    onAttribution: ({ tokens }) => told.push({ tokens }),
  });
  await until(() => told.length === 3);
  ends[0]!();
  await answer;

  expect(told).toEqual([1, 2, { tokens: 2 }, 3]);
});

test("who does not ask costs the engine nothing", async () => {
  const answer = desk.ask(await paid(1n), { onTokens: () => {} });
  await until(() => ends.length === 1);
  ends[0]!();
  await answer;

  expect(followed).toBe(0);
});

test("who has gone is told no more, and costs no more, while the answer goes on", async () => {
  const gone = new AbortController();
  const told: number[] = [];
  const answer = desk.ask(await paid(1n), {
    onTokens: () => gone.abort(),
    onAttribution: ({ tokens }) => told.push(tokens),
    gone: gone.signal,
  });
  await until(() => ends.length === 1);
  ends[0]!();

  expect((await answer).answer.tokens).toEqual([3, 4, 5]);
  expect([followed, told]).toEqual([0, []]);
});

test("a model that cannot be followed answers all the same, and says so once", async () => {
  failure = new Error("no such row");
  const answer = desk.ask(await paid(1n), { onTokens: () => {}, onAttribution: () => {} });
  await until(() => ends.length === 1);
  ends[0]!();

  expect((await answer).answer.tokens).toEqual([3, 4, 5]);
  expect([followed, faults]).toEqual([1, [failure]]);
});

test("nobody is told while another waits for an answer", async () => {
  const first = desk.ask(await paid(1n));
  await until(() => ends.length === 1);
  const told: number[] = [];
  const second = desk.ask(await paid(2n), {
    onTokens: () => {},
    onAttribution: ({ tokens }) => told.push(tokens),
  });
  await until(() => ends.length === 2);
  for (const end of ends) end();
  await Promise.all([first, second]);

  expect([followed, told]).toEqual([0, []]);
});

test("an answer that is whole has the engine leave its statement, and lets go of the model once it has", async () => {
  let leave: (() => void) | undefined;
  take = (_tokens, { signal }) => {
    isBusy = true;
    return new Promise((_, reject) => {
      signal.addEventListener("abort", () => {
        leave = () => {
          isBusy = false;
          reject(signal.reason);
        };
      });
    });
  };
  const told: number[] = [];
  const answer = desk.ask(await paid(1n), {
    onTokens: () => {},
    onAttribution: ({ tokens }) => told.push(tokens),
  });
  await until(() => isBusy && ends.length === 1);
  ends[0]!();
  await until(() => leave !== undefined);
  leave!();
  await answer;

  expect([wasBusy, told]).toEqual([false, []]);
});
