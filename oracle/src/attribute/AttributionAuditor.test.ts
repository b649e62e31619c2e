import { RuntimeError } from "@openledger/engine";
import { type AttributedReceipt, outputHash, requestHash } from "@openledger/sdk";
import { pad } from "viem";
import { beforeEach, expect, it } from "vitest";
import type { RegisteredModel } from "../store/ChainFacts.js";
import type { ModelProgram } from "./AdapterShelf.js";
import { AttributionAuditor, type AttributionAuditorDeps } from "./AttributionAuditor.js";
import type { DisclosedAnswer } from "./RunnerClient.js";
import type { VersionShelf } from "./VersionShelf.js";

const weightsRoot = pad("0x1");
const attributionHash = pad("0x2");
const seed = pad("0x9");

const answer: DisclosedAnswer = {
  prompt: "abc",
  salt: pad("0x3"),
  maxTokens: 1,
  temperatureMilli: 0,
  topPMilli: 1000,
  topK: 0,
  repetitionPenaltyMilli: 1000,
  seed,
  voucher: { cumulativeCap: 0n, deadline: 0n, signature: pad("0x0") },
  outputTokens: [2 ** 32 - 1],
};
const model = { model: 2n, base: 1n, versions: [{ datanet: 1n, version: 1 }] } as unknown as RegisteredModel;
let counted: number;
let program: ModelProgram;
let drawn: () => Promise<unknown>;
let auditor: AttributionAuditor;

beforeEach(() => {
  counted = 0;
  program = { adapter: undefined };
  drawn = async () => undefined;
  const index = { baseWeightsRoot: weightsRoot, attributionHash };
  auditor = new AttributionAuditor({
    runtime: {
      weightsRoot,
      attributionHash,
      audit: () => drawn(),
      codes: async () => {
        throw new RuntimeError("invalid_request", "ids must be tokens below 8192, found 4294967295");
      },
    },
    tokenizer: {
      encode: () => {
        counted += 1;
        return [1, 2, 3];
      },
    },
    versions: {
      use: async (...[, , , work]: Parameters<VersionShelf["use"]>) =>
        work([{ datanet: 1n, version: 1, index, contributors: [] } as never]),
    },
    facts: { model: async () => ({ weightsRoot }) },
    adapters: { get: async () => program },
    seeds: { domain: { chainId: 1, market: pad("0x0", { size: 20 }) }, payerOf: async () => pad("0x0", { size: 20 }) },
  } as unknown as AttributionAuditorDeps);
});

it("disputes an answer that the model does not give, and says where", async () => {
  drawn = async () => ({ index: 0, expected: 5, found: 2 ** 32 - 1 });
  expect(await audit(answer)).toEqual({ check: "output", asked: "5 at token 0", found: "4294967295" });

  drawn = async () => ({ index: 1, expected: "the end of the answer", found: undefined });
  expect(await audit(answer)).toMatchObject({ check: "output", asked: "the end of the answer at token 1" });
});

it("disputes a request that the program does not take", async () => {
  drawn = async () => {
    throw new RuntimeError("context_exceeded", "too long");
  };
  expect(await audit(answer)).toMatchObject({ check: "output", found: "too long" });
});

it("does not take its own engine's fault for the runner's", async () => {
  drawn = async () => {
    throw new RuntimeError("runtime_failed", "the worker ended");
  };
  await expect(audit(answer)).rejects.toThrow("the worker ended");
});

it("disputes answers of a model whose registration names another program", async () => {
  const fault = { check: "program", asked: pad("0x5"), found: pad("0x6") } as const;
  program = { fault };
  expect(await audit(answer)).toEqual(fault);
});

it("disputes another seed than the payer's", async () => {
  expect(await audit({ ...answer, seed: pad("0x8") })).toEqual({ check: "seed", asked: pad("0x8"), found: seed });
});

it("disputes tokens that the base does not have, which a runner may sign", async () => {
  expect(await audit(answer)).toEqual({
    check: "output",
    asked: "tokens that the base reads",
    found: "ids must be tokens below 8192, found 4294967295",
  });
});

it("counts no tokens of a prompt that no model takes", async () => {
  const found = await audit({ ...answer, prompt: "1".repeat(131_073) });

  expect(found).toEqual({ check: "prompt_tokens", asked: "at most 131072 characters", found: "131073" });
  expect(counted).toBe(0);
});

function audit(disclosed: DisclosedAnswer) {
  const receipt = {
    model: 2n,
    seed,
    requestHash: requestHash({ ...disclosed, model: 2n }),
    outputHash: outputHash(disclosed.salt, disclosed.outputTokens),
    promptTokens: 3,
    outputTokens: 1,
  };
  return auditor.audit({ receipt } as AttributedReceipt, model, disclosed, new AbortController().signal);
}
