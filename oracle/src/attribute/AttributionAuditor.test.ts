import { RuntimeError } from "@openledger/engine";
import { type AttributedReceipt, outputHash, requestHash } from "@openledger/sdk";
import { pad } from "viem";
import { expect, it } from "vitest";
import type { RegisteredModel } from "../store/ChainFacts.js";
import { AttributionAuditor, type AttributionAuditorDeps } from "./AttributionAuditor.js";

const weightsRoot = pad("0x1");
const attributionHash = pad("0x2");

it("disputes tokens that the base does not have, which a runner may sign", async () => {
  const index = { baseWeightsRoot: weightsRoot, attributionHash };
  const auditor = new AttributionAuditor({
    runtime: {
      weightsRoot,
      attributionHash,
      codes: async () => {
        throw new RuntimeError("invalid_request", "ids must be tokens below 8192, found 4294967295");
      },
    },
    tokenizer: { encode: () => [1, 2, 3] },
    versions: { get: async () => ({ datanet: 1n, version: 1, index, contributors: [] }) },
    facts: { model: async () => ({ weightsRoot }) },
  } as unknown as AttributionAuditorDeps);
  const answer = {
    prompt: "abc",
    salt: pad("0x3"),
    maxTokens: 1,
    temperatureMilli: 0,
    topPMilli: 1000,
    topK: 0,
    seed: pad("0x0"),
    outputTokens: [2 ** 32 - 1],
  };
  const model = { model: 2n, base: 1n, versions: [{ datanet: 1n, version: 1 }] } as unknown as RegisteredModel;
  const receipt = {
    model: 2n,
    requestHash: requestHash({ ...answer, model: 2n }),
    outputHash: outputHash(answer.salt, answer.outputTokens),
    promptTokens: 3,
    outputTokens: 1,
  };

  const fault = await auditor.audit({ receipt } as AttributedReceipt, model, answer, new AbortController().signal);

  expect(fault).toEqual({
    check: "output",
    asked: "tokens that the base reads",
    found: "ids must be tokens below 8192, found 4294967295",
  });
});
