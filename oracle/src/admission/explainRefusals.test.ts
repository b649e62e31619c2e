import type { Refusal } from "@openledger/engine";
import { expect, it } from "vitest";
import { appealOf, explainRefusals } from "./explainRefusals.js";

const explained = (refusal: Refusal, index = 0) =>
  explainRefusals([
    { index: 9, isAccepted: true, refusals: [] },
    { index, isAccepted: false, refusals: [refusal] },
  ]);
const duplicateOf = (contribution: bigint) =>
  ({ rule: "duplicate", of: { contribution, index: 2 } }) as const satisfies Refusal;

it("shows the longest runs of a copy, in their order, and says how many there are", () => {
  const runs = Array.from({ length: 40 }, (_, at) => ({ at: 100 * at, place: 7 * at, length: at < 20 ? 50 : 60 }));
  const copy = { of: { contribution: 3n, index: 1 }, containment: 0.61239, runs };

  const [record] = explained({ rule: "copy", found: 0.61239, limit: 0.5, copy });

  const [{ found, limit, evidence }] = record!.reasons as [(typeof record & object)["reasons"][0]];
  expect([found, limit, evidence.runCount]).toEqual(["0.612", "0.500", 40]);
  expect(evidence.runs).toHaveLength(32);
  expect(evidence.runs!.filter(([, , length]) => length === 60)).toHaveLength(20);
  expect(evidence.runs!.map(([at]) => at)).toEqual(evidence.runs!.map(([at]) => at).sort((a, b) => a - b));
});

it("names sixteen licences and counts the others", () => {
  const allowed = Array.from({ length: 20 }, (_, at) => `L${at}`);

  const [record] = explained({ rule: "licence", found: "GPL-3.0-only", allowed });

  expect(record!.reasons[0]!.limit).toBe(`${allowed.slice(0, 16).join(", ")}, 4 more`);
});

it("measures noise by what decided: the order of the tokens, or the loss alone", () => {
  const reading = { loss: 6, lossLimit: 4.8, guessLoss: 8.3, gain: 0.1, gainLimit: 0.3, isNoise: true };
  const [byOrder] = explained({ rule: "noise", reading });
  const [byLoss] = explained({ rule: "noise", reading: { ...reading, loss: 9, gain: undefined } });

  expect(byOrder!.reasons).toMatchObject([
    { found: "0.100", limit: "0.300", evidence: { reading: { loss: "6.000" } } },
  ]);
  expect(byLoss!.reasons).toMatchObject([{ found: "9.000", limit: "8.300" }]);
});

it("offers a dispute of other contributions alone, and nothing where nothing was refused", () => {
  const ways = (refused: ReturnType<typeof explained>) =>
    appealOf(5n, { refused, reasons: [] }, "validators").map(({ way }) => way);

  expect(ways(explained(duplicateOf(3n)))).toEqual(["contribute_again", "dispute_earlier"]);
  expect(ways(explained(duplicateOf(5n)))).toEqual(["contribute_again"]);
  expect(ways([])).toEqual([]);
});
