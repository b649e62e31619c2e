import type { Voucher } from "@openledger/sdk";
import { type Hex, pad } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { beforeEach, describe, expect, it } from "vitest";
import type { MarketView } from "../chain/MarketView.js";
import { RunnerError } from "../RunnerError.js";
import type { AdmittedRequest } from "../store/AdmittedRequest.js";
import type { StoredReceipt } from "../store/StoredReceipt.js";
import { AnswerDesk } from "./AnswerDesk.js";
import type { ServedModel } from "./ServedModel.js";

const digest = pad("0x1");
const voucher: Voucher = {
  channel: pad("0x2"),
  model: 5n,
  nonce: 1n,
  cumulativeCap: 1_000n,
  requestHash: pad("0x3"),
  deadline: 2_000_000_000n,
};
const request = {
  model: 5n,
  salt: pad("0x4"),
  prompt: "a prompt",
  maxTokens: 2,
  temperatureMilli: 0,
  topPMilli: 1_000,
  topK: 0,
  repetitionPenaltyMilli: 1_000,
  seed: pad("0x5"),
};
const admitted: AdmittedRequest = { digest, voucher, signature: "0x", request };

/** What is admitted and has no answer. */
let pending: AdmittedRequest[];
/** What the ledger was told. */
let told: string[];
/** How many answers the model is held for. */
let holds: number;
/** Thrown when the model is asked for, or generates. */
let refusal: Error | undefined;
let fault: Error | undefined;
let desk: AnswerDesk;

beforeEach(() => {
  [pending, told, holds, refusal, fault] = [[admitted], [], 0, undefined, undefined];
  const note = (what: string) => told.push(`${what}, held ${holds}`);
  const model = {
    model: 5n,
    programRoot: pad("0x6"),
    price: { perRequest: 0n, perPromptToken: 1n, perOutputToken: 1n },
    hold: () => {
      holds++;
      return () => {
        holds--;
      };
    },
    encode: () => [1, 2],
    decode: () => "text",
    generate: async () => {
      note("generate");
      if (fault !== undefined) throw fault;
      return { tokens: [3], finish: "stop" };
    },
    attribute: async () => {
      note("attribute");
      return { shares: [], records: [], methodHash: pad("0x7") };
    },
  } as unknown as ServedModel;
  const get = () => {
    if (refusal !== undefined) throw refusal;
    return model;
  };
  const notAsked = () => Promise.reject(new Error("nobody asks"));
  desk = new AnswerDesk({
    account: privateKeyToAccount(pad("0x8")),
    domain: { chainId: 1, market: pad("0x9", { size: 20 }) },
    models: { list: () => (refusal === undefined ? [model] : []), get },
    market: {} as MarketView,
    ledger: {
      find: notAsked,
      knows: notAsked,
      admit: notAsked,
      pending: async () => pending,
      beginAttempt: async () => 1,
      owed: async () => 0n,
      answer: async (stored) => {
        note("answer");
        return stored as StoredReceipt;
      },
      release: async (_digest: Hex, failure: string) => {
        note(`release: ${failure}`);
        pending = [];
      },
    },
    now: () => 0,
    horizonSeconds: 0,
    queueLimit: 1,
    onReceipt: () => {},
    onFault: () => {},
  });
});

async function resume(): Promise<void> {
  await desk.resume();
  await desk.stop();
}

describe("a model that answers", () => {
  it("is held from the first token to the attribution, and let go", async () => {
    await resume();

    expect(told).toEqual(["generate, held 1", "attribute, held 1", "answer, held 0"]);
  });

  it("is let go when it fails", async () => {
    fault = new Error("no memory");
    await resume();

    expect(told).toEqual(["generate, held 1", "release: no memory, held 0"]);
  });
});

describe("a request that was admitted and has no answer", () => {
  it.each([
    ["may come", new RunnerError("model_not_ready", "It waits.", { retryable: true })],
    ["is not known yet", new RunnerError("unknown_model", "None is.", { retryable: false })],
  ])("waits for a model that %s", async (_what, error) => {
    refusal = error;
    await resume();

    expect([told, pending]).toEqual([[], [admitted]]);
  });

  it("is released when its model cannot come any more, so that its nonce is free again", async () => {
    refusal = new RunnerError("model_not_ready", "It was deprecated.", { retryable: false });
    await resume();

    expect(told).toEqual(["release: It was deprecated., held 0"]);
  });
});
