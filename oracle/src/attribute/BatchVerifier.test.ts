import { AttributionError } from "@openledger/engine";
import {
  type AttributedReceipt,
  attributionHash,
  attributionRecordsHash,
  ContentClient,
  contentHash,
  encodeBatchFile,
  poolAccount,
  type Receipt,
  receiptTree,
  receiptTypedData,
  sharesHash,
} from "@openledger/sdk";
import { type Hex, pad } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { beforeEach, describe, expect, it } from "vitest";
import { OracleError } from "../OracleError.js";
import type { BatchLedger, JudgedReceipt } from "../store/BatchLedger.js";
import type { ChainFacts, RegisteredModel, SettledBatch } from "../store/ChainFacts.js";
import type { AttributionAuditor } from "./AttributionAuditor.js";
import { BatchFiles } from "./BatchFiles.js";
import { BatchVerifier } from "./BatchVerifier.js";
import type { RunnerClient } from "./RunnerClient.js";

const count = 10;
const graceSeconds = 600;
const runner = privateKeyToAccount(generatePrivateKey());
const domain = { chainId: 31_337, market: poolAccount(77n) };
const channel = pad("0xa1");
const shares = [{ account: poolAccount(1n), share: 65_536 }];
const methodHash = pad("0x33");
const model: RegisteredModel = {
  model: 2n,
  base: 1n,
  weightsRoot: pad("0x1"),
  programRoot: pad("0x70"),
  manifestHash: pad("0x2"),
  price: { perRequest: 10n, perPromptToken: 0n, perOutputToken: 0n },
  dataBps: 4000,
  versions: [{ datanet: 1n, version: 1 }],
};

/** Seconds since the first try. */
let time: number;
let judged: Map<number, JudgedReceipt>;
let isFinished: boolean;
let isFileKnown: boolean;
/** Seconds. */
let trial: bigint;
let refusal: string | undefined;
let asked: number;
let disclose: (receipt: Hex) => Promise<void>;
let audit: () => Promise<undefined>;
let verifier: BatchVerifier;

beforeEach(async () => {
  time = 0;
  judged = new Map();
  isFinished = false;
  isFileKnown = true;
  trial = 14n * 86_400n;
  refusal = undefined;
  asked = 0;
  disclose = async () => {};
  audit = async () => undefined;
  verifier = await verifierOf();
});

const round = () => verifier.step(new AbortController().signal);
const checks = () => [...judged.values()].map(({ fault }) => fault?.check);

it("says that it works before it reads a batch or prepares a model, and not where it does neither", async () => {
  const said: (readonly [judged: number, isFinished: boolean])[] = [];
  const step = () => verifier.step(new AbortController().signal, () => said.push([judged.size, isFinished]));

  expect([await step(), said]).toEqual([true, [[0, false]]]);
  expect([await step(), said.length]).toEqual([false, 2]);
  expect([await step(), said.length]).toEqual([false, 2]);
});

describe("a runner that stops every epoch if it is waited for", () => {
  it("is waited for while the grace lasts", async () => {
    audit = async () => {
      throw new RangeError("Maximum call stack size exceeded");
    };

    await round();

    expect([judged.size, isFinished]).toEqual([0, false]);
  });

  it("discloses what ends the recomputation in a fault: after the grace its receipt counts as false", async () => {
    audit = async () => {
      throw new RangeError("Maximum call stack size exceeded");
    };
    time = graceSeconds;

    await round();

    expect(checks()).toEqual(Array.from({ length: count }, () => "unverifiable"));
    expect(isFinished).toBe(true);
  });

  it("is not accused of what was erased after it answered, which nobody can check", async () => {
    audit = async () => {
      throw new OracleError("content_erased", "the index has lost the record too", { retryable: false });
    };
    await round();
    expect([judged.size, isFinished]).toEqual([0, false]);
    time = graceSeconds;
    await round();

    expect(checks()).toEqual(Array.from({ length: count }, () => undefined));
    expect(isFinished).toBe(true);
  });

  it("is accused where it answered by an index that was never committed", async () => {
    audit = async () => {
      throw new OracleError("content_erased", "no index was committed", { retryable: true });
    };
    time = graceSeconds;
    await round();

    expect(checks()).toEqual(Array.from({ length: count }, () => "unverifiable"));
  });

  it("lets every request run into its timeout: it is asked three times in a round", async () => {
    disclose = async () => {
      time += 10;
      throw new OracleError("runner_unavailable", "timeout", { retryable: true });
    };

    await round();
    expect([asked, judged.size]).toEqual([3, 0]);
    time = graceSeconds;
    await round();

    expect(asked).toBe(6);
    expect(checks()).toEqual(Array.from({ length: count }, () => "undisclosed"));
  });

  it("answers each request just in time: it is asked round by round, and at the end no more", async () => {
    disclose = async () => {
      time += 25;
    };

    await round();
    expect([judged.size, isFinished]).toEqual([3, false]);
    time = graceSeconds;
    await round();
    expect([judged.size, isFinished]).toEqual([6, false]);
    time = 2 * graceSeconds;
    await round();

    expect(checks()).toEqual([...Array.from({ length: 9 }, () => undefined), "undisclosed"]);
    expect(isFinished).toBe(true);
  });
});

describe("a file that nobody has", () => {
  beforeEach(() => {
    isFileKnown = false;
  });

  it.each([
    ["as long as it is told, where trials are long", 14n * 86_400n, graceSeconds],
    ["a quarter of its trial, where that is less", 6n, 1.5],
  ])("is waited for %s", async (_what, seconds, grace) => {
    trial = seconds;
    time = grace - 0.001;
    await round();
    expect(refusal).toBeUndefined();
    time = grace;
    await round();

    expect(refusal).toMatch(new RegExp(`was not to be had for ${grace} s$`));
  });
});

describe("an oracle that fails itself", () => {
  it.each([
    ["its own full disk", Object.assign(new Error("ENOSPC: no space left on device, write"), { syscall: "write" })],
    ["its own damaged index", new AttributionError("index_mismatch", "a segment has been changed")],
  ])("disputes nothing for %s", async (_, error) => {
    audit = async () => {
      throw error;
    };
    time = 10 * graceSeconds;

    await round();

    expect([judged.size, isFinished]).toEqual([0, false]);
  });
});

async function verifierOf(): Promise<BatchVerifier> {
  const receipts = await Promise.all(Array.from({ length: count }, (_, at) => sign(at)));
  const file = encodeBatchFile({ runner: runner.address, ...domain, receipts });
  const tree = receiptTree(
    domain,
    receipts.map(({ receipt }) => receipt),
  );
  const batch: SettledBatch = {
    batch: 1n,
    block: 1n,
    blockHash: pad("0x9"),
    runner: runner.address,
    receiptsRoot: tree.root,
    dataHash: contentHash(file),
    amount: 0n,
    dataAmount: 40n,
  };
  const facts = {
    unreadBatches: async () => (isFinished ? [] : [batch]),
    models: async () => (isFinished ? [model] : []),
    model: async () => model,
    settlements: async () => [{ channel, model: model.model, before: 0n, after: BigInt(count) * 10n }],
    runnerEndpoint: async () => "http://runner",
  };
  const batches = {
    begin: async () => new Date(0),
    judged: async () => new Set(judged.keys()),
    judge: async (_batch: SettledBatch, receipt: JudgedReceipt) => void judged.set(receipt.receiptIndex, receipt),
    finish: async () => {
      isFinished = true;
    },
    refuse: async (_batch: SettledBatch, reason: string) => {
      refusal = reason;
    },
  };
  const runners = {
    disclose: async (_url: string, receipt: Hex) => {
      asked += 1;
      await disclose(receipt);
    },
  };
  return new BatchVerifier({
    domain,
    batchFiles: new BatchFiles({
      domain,
      content: new ContentClient({
        url: "http://store",
        fetch: async () => (isFileKnown ? new Response(file) : new Response(null, { status: 404 })),
      }),
      epochs: { file: async () => undefined, keepFile: async () => contentHash(file) },
      shownReceipts: { ofBatch: async () => ({ receipts: new Map(), count: undefined }) },
    }),
    facts: facts as unknown as ChainFacts,
    chain: { courtClocks: async () => ({ trial, reveal: 1n }) },
    batches: batches as unknown as BatchLedger,
    clock: { now: () => new Date(time * 1000), sleep: async () => {} },
    log: { info: () => {}, fault: () => {} },
    graceSeconds,
    recomputation: {
      runners: runners as unknown as RunnerClient,
      auditor: { audit: () => audit(), prepare: async () => {} } as unknown as AttributionAuditor,
      runnerUrl: undefined,
    },
  });
}

async function sign(at: number): Promise<AttributedReceipt> {
  const receipt: Receipt = {
    channel,
    model: model.model,
    nonce: BigInt(at) + 1n,
    cumulative: BigInt(at + 1) * 10n,
    fee: 10n,
    promptTokens: 1,
    outputTokens: 1,
    requestHash: pad("0x4"),
    programRoot: model.programRoot,
    seed: pad("0x5"),
    outputHash: pad("0x6"),
    attributionHash: attributionHash({
      sharesHash: sharesHash(shares),
      recordsHash: attributionRecordsHash([]),
      methodHash,
    }),
  };
  const signature = await runner.signTypedData(receiptTypedData(domain, receipt));
  return { receipt, signature, shares, records: [], methodHash };
}
