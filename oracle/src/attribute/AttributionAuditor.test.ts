import { RuntimeError } from "@openledger/engine";
import { type AttributedReceipt, outputHash, requestHash } from "@openledger/sdk";
import { pad } from "viem";
import { beforeEach, expect, it } from "vitest";
import type { RegisteredModel } from "../store/ChainFacts.js";
import { AttributionAuditor, type AttributionAuditorDeps } from "./AttributionAuditor.js";

const weightsRoot = pad("0x1");
const attributionHash = pad("0x2");

const answer = {
  prompt: "abc",
  salt: pad("0x3"),
  maxTokens: 1,
  temperatureMilli: 0,
  topPMilli: 1000,
  topK: 0,
  repetitionPenaltyMilli: 1000,
  seed: pad("0x0"),
  outputTokens: [2 ** 32 - 1],
};
const model = { model: 2n, base: 1n, versions: [{ datanet: 1n, version: 1 }] } as unknown as RegisteredModel;
let counted: number;
let auditor: AttributionAuditor;

beforeEach(() => {
  counted = 0;
  const index = { baseWeightsRoot: weightsRoot, attributionHash };
  auditor = new AttributionAuditor({
    runtime: {
      weightsRoot,
      attributionHash,
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
    versions: { get: async () => ({ datanet: 1n, version: 1, index, contributors: [] }) },
    facts: { model: async () => ({ weightsRoot }) },
  } as unknown as AttributionAuditorDeps);
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

function audit(disclosed: typeof answer) {
  const receipt = {
    model: 2n,
    requestHash: requestHash({ ...disclosed, model: 2n }),
    outputHash: outputHash(disclosed.salt, disclosed.outputTokens),
    promptTokens: 3,
    outputTokens: 1,
  };
  return auditor.audit({ receipt } as AttributedReceipt, model, disclosed, new AbortController().signal);
}
