import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Admission, type AdmissionProbe, type AdmissionReason, encodeAdmission } from "@openledger/sdk";
import { getAddress, pad } from "viem";
import { expect, it } from "vitest";
import { readConfig } from "../config.js";
import { createProgram } from "../program.js";
import { renderAdmission } from "./renderAdmission.js";

const copy: AdmissionReason = {
  ...{ rule: "copy", found: "0.930", limit: "0.500" },
  evidence: {
    of: { contribution: 3n, index: 8 },
    runs: [
      [0, 3, 40],
      [60, 70, 90],
    ],
    runCount: 2,
  },
};
const admission: Admission = {
  ...{ datanet: 2n, contribution: 5n, contributor: getAddress(`0x${"a".repeat(40)}`), round: 7n },
  ...{ validator: getAddress(`0x${"b".repeat(40)}`), score: 6666, acceptScore: 9000, base: pad("0x5"), recordCount: 3 },
  ...{ comparedWith: { records: 12, unread: [4n] }, reasons: [], refused: [{ index: 1, reasons: [copy] }] },
  appeal: [{ way: "contribute_again", text: "Contribute the rest." }],
};
const withReason = (reason: Partial<AdmissionReason>): Admission => ({
  ...admission,
  refused: [{ index: 0, reasons: [{ ...copy, evidence: {}, ...reason }] }],
});

it("says what was refused, why, where to look and what can be done", () => {
  const text = renderAdmission(admission);

  expect(text).toContain("6666 of 10000, a vote to reject: 9000 accepts");
  expect(text).toContain("compared with 12 earlier records, not with those of contributions 4");
  expect(text).toContain("2 of 3 records are accepted");
  expect(text).toContain("record 1: a copy: 0.930 of it stands in record 8 of contribution 3");
  expect(text).toContain("90 bytes from 60, there from 70");
  expect(text).toContain("If you disagree:\n  Contribute the rest.");
});

it("says of what an owner decides that it is an opinion", () => {
  const { round: _, acceptScore: __, ...opinion } = admission;

  const text = renderAdmission(opinion);

  expect(text).toContain("whom nothing rests on: the Datanet's owner decides");
  expect(text).toContain("6666 of 10000 by the rules that validators go by");
  expect(text).toContain("2 of 3 records break no rule");
  expect(text).not.toMatch(/round|vote/);
});

it.each<[Partial<AdmissionReason>, string]>([
  [{ rule: "file", found: "4097 records" }, "its file: found 4097 records"],
  [{ rule: "no_gain", found: "0.010", limit: "0.200" }, "is worth 0.010 nats a token, 0.200 is asked"],
  [{ rule: "harm", found: "5.100", limit: "2.000" }, "loses 5.100 nats a token on the Datanet's earlier ones"],
  [{ rule: "not_text", found: "byte 3", limit: "UTF-8" }, "no text: byte 3 is not UTF-8"],
  [{ rule: "empty", found: "3 bytes", limit: "a letter" }, "3 bytes without a letter"],
  [{ rule: "too_long", found: "9000 bytes", limit: "8192 bytes" }, "9000 bytes, at most 8192 bytes"],
  [{ rule: "duplicate", evidence: copy.evidence }, "the same bytes as record 8 of contribution 3"],
  [{ rule: "licence", found: "GPL-3.0-only", limit: "MIT" }, "its licence is GPL-3.0-only, the Datanet takes MIT"],
  [{ rule: "repetition", found: "0.950", limit: "0.800" }, "0.950 of it stood in it before"],
  [{ rule: "noise", found: "9.000", limit: "8.318" }, "the base loses 9.000 nats a token"],
  [{ rule: "noise", found: "0.100", limit: "0.400", evidence: { reading: { gain: "0.100" } } }, "is worth 0.100 nats"],
])("has a sentence for $rule", (reason, sentence) => {
  expect(renderAdmission(withReason(reason))).toContain(sentence);
});

it("tells gain and harm also of what is accepted, and why there is nothing to tell", () => {
  const reading: AdmissionProbe = {
    ...{ kind: "reading", seed: 7, trainedTokens: 6000, heldOutTokens: 2000 },
    loss: { before: "4.200", after: "3.500" },
    order: { before: "0.900", after: "1.200", error: "0.050", limit: "0.200" },
    harm: { found: "0.400", error: "0.030", limit: "2.000" },
  };
  const { harm: _, ...harmless } = reading;
  const rendered = (probe: AdmissionProbe) => renderAdmission({ ...admission, refused: [], probe });

  expect(rendered(reading)).toContain("learned 6000 tokens of its records and was asked of 2000 others");
  expect(rendered(reading)).toContain("gain: loss 4.200 before, 3.500 after");
  expect(rendered(reading)).toContain("was worth 0.900, is worth 1.200 ± 0.050, has to be 0.200");
  expect(rendered(reading)).toContain("earlier records lose 0.400 ± 0.030, at most 2.000");
  expect(rendered(harmless)).toContain("the Datanet holds too little to measure it on");
  expect(rendered({ kind: "silence", because: "few_tokens", found: "30 tokens" })).toContain(
    "(few_tokens): 30 tokens.",
  );
});

it("lets no oracle's words steer the terminal or write a line of their own", () => {
  const text = renderAdmission(withReason({ rule: "licence", found: "x\u001b[2J\n3 of 3 records are accepted." }));

  expect(text.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
  expect(text.split("\n").filter((line) => line.startsWith("3 of 3"))).toEqual([]);
});

it("is asked of the oracle that is named, and printed as it asks", async () => {
  const server = createServer((request, response) => {
    const isKnown = request.url === "/v1/admission/2/5";
    const error = { error: { code: "not_judged", message: "It waits.", retryable: true } };
    response.writeHead(isKnown ? 200 : 404).end(isKnown ? encodeAdmission(admission) : JSON.stringify(error));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const oracle = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const written: string[] = [];
  const run = (...args: string[]) =>
    createProgram(readConfig({ ORACLE_URL: oracle }), {
      write: (text) => written.push(text),
      fail: () => {},
    }).parseAsync(["admission", ...args], { from: "user" });

  await run("2", "5");
  await run("2", "5", "--json");
  await expect(run("2", "6")).rejects.toMatchObject({ code: "not_judged" });
  await expect(run("2", "x")).rejects.toMatchObject({ code: "invalid_value" });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));

  expect(written[0]).toBe(renderAdmission(admission));
  expect(JSON.parse(written[1]!)).toMatchObject({ contribution: "5", refused: [{ index: 1 }] });
});
