import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getAddress, pad } from "viem";
import { describe, expect, it } from "vitest";
import { readAdmission } from "../content/readAdmission.js";
import { type Admission, decodeAdmission, encodeAdmission } from "./admissionFile.js";
import type { AdmissionProbe } from "./admissionProbe.js";

const account = (digit: string) => getAddress(`0x${digit.repeat(40)}`);
const admission: Admission = {
  datanet: 2n,
  contribution: 2n ** 60n,
  contributor: account("a"),
  round: 7n,
  validator: account("b"),
  score: 3333,
  acceptScore: 5000,
  base: pad("0x5"),
  recordCount: 3,
  comparedWith: { records: 12, unread: [4n] },
  reasons: [],
  refused: [
    {
      index: 1,
      reasons: [
        {
          rule: "copy",
          found: "0.93",
          limit: "0.5",
          evidence: { of: { contribution: 2n ** 59n, index: 8 }, runs: [[0, 3, 40]], runCount: 1 },
        },
      ],
    },
    {
      index: 2,
      reasons: [{ rule: "noise", found: "9.1", limit: "4.8", evidence: { at: 0, reading: { loss: "9.1" } } }],
    },
  ],
  appeal: [{ way: "contribute_again", text: "Contribute the rest." }],
};

describe("an admission", () => {
  it("is one text, which reads as what was written", () => {
    const text = encodeAdmission(admission);

    expect(decodeAdmission(text)).toEqual(admission);
    expect(encodeAdmission(decodeAdmission(text))).toBe(text);
    expect(text).toContain(`"contribution":"${2n ** 60n}"`);
  });

  it.each([
    ["format", /format/],
    ["score", /score/],
    ["refused", /refused/],
    ["base", /base/],
    ["round", /round/],
    ["acceptScore", /acceptScore/],
  ])("is refused without its %s", (field, message) => {
    const { [field]: _, ...rest } = JSON.parse(encodeAdmission(admission)) as Record<string, unknown>;

    expect(() => decodeAdmission(JSON.stringify(rest))).toThrow(message);
  });

  it("has neither round nor score to accept where the owner decides", () => {
    const { round: _, acceptScore: __, ...opinion } = admission;

    const text = encodeAdmission(opinion);

    expect(text).not.toMatch(/"round"|"acceptScore"/);
    expect(decodeAdmission(text)).toEqual(opinion);
    expect(decodeAdmission(text)).not.toHaveProperty("round");
  });

  it("is refused with a rule that nobody knows", () => {
    const text = encodeAdmission(admission).replace('"rule":"noise"', '"rule":"taste"');

    expect(() => decodeAdmission(text)).toThrow(/refused\[1\].reasons\[0\].rule/);
  });
});

describe("an admission's probe", () => {
  const reading: AdmissionProbe = {
    ...{ kind: "reading", seed: 2 ** 32 - 1, trainedTokens: 6000, heldOutTokens: 2000 },
    loss: { before: "4.200", after: "3.500" },
    order: { before: "-0.010", after: "1.200", error: "0.050", limit: "0.200" },
    harm: { found: "0.400", error: "0.030", limit: "2.000" },
  };
  const { harm, ...harmless } = reading as Extract<AdmissionProbe, { kind: "reading" }>;
  const silence: AdmissionProbe = { kind: "silence", because: "few_tokens", found: "30 tokens in 2 records" };

  it.each([
    ["of a reading", reading],
    ["without harm", harmless],
    ["of none", silence],
  ])("reads as what was written %s", (_what, probe) => {
    const text = encodeAdmission({ ...admission, probe });

    expect(decodeAdmission(text)).toEqual({ ...admission, probe });
    expect(encodeAdmission(decodeAdmission(text))).toBe(text);
  });

  it("need not be there: admissions of before there was one are read as they were", () => {
    const text = encodeAdmission(admission);

    expect(text).not.toContain("probe");
    expect(decodeAdmission(text)).toEqual(admission);
  });

  it.each<[string, object, RegExp]>([
    ["of a kind that nobody knows", { ...reading, kind: "guess" }, /probe.kind/],
    ["with more or fewer decimals", { ...reading, loss: { before: "4.2", after: "3.500" } }, /probe.loss.before/],
    ["with a number for words", { ...reading, harm: { ...harm, error: "NaN" } }, /probe.harm.error/],
    ["without its limit", { ...reading, order: { ...harmless.order, limit: undefined } }, /probe.order.limit/],
    ["with a seed of more than 32 bits", { ...reading, seed: 2 ** 32 }, /probe.seed/],
    ["that is silent for no known reason", { ...silence, because: "taste" }, /probe.because/],
  ])("is refused %s", (_what, probe, message) => {
    const text = JSON.stringify({ ...JSON.parse(encodeAdmission(admission)), probe });

    expect(() => decodeAdmission(text)).toThrow(message);
  });
});

describe("readAdmission", () => {
  it("reads what an oracle says, or why it says nothing", async () => {
    const server = createServer((request, response) => {
      const isKnown = request.url === `/v1/admission/2/${2n ** 60n}`;
      const error = { error: { code: "not_judged", message: "It waits.", retryable: true } };
      response.writeHead(isKnown ? 200 : 404).end(isKnown ? encodeAdmission(admission) : JSON.stringify(error));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const oracle = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

    const found = await readAdmission({ oracle, datanet: 2n, contribution: 2n ** 60n });
    const missing = readAdmission({ oracle, datanet: 2n, contribution: 5n });
    await expect(missing).rejects.toMatchObject({ code: "not_judged", retryable: true, message: "It waits." });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));

    expect(found).toEqual(admission);
    await expect(readAdmission({ oracle, datanet: 2n, contribution: 5n })).rejects.toMatchObject({
      code: "oracle_unreachable",
    });
  });
});
