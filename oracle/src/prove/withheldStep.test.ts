import { WHOLE_BATCH } from "@openledger/sdk";
import { type Address, pad } from "viem";
import { describe, expect, it } from "vitest";
import type { ReceiptDemand } from "../store/CourtFacts.js";
import { withheldStep } from "./withheldStep.js";

const known = { isRefused: false, unattributed: [], unsigned: [] };
const refused = { ...known, isRefused: true };

function demanded(receiptIndex: number, more: Partial<ReceiptDemand> = {}): ReceiptDemand {
  const demander = pad("0x2", { size: 20 }) as Address;
  return { batch: 3n, receiptIndex, demander, deadline: 9n, state: "open", count: undefined, ...more };
}

function answered(receiptIndex: number, count: number): ReceiptDemand {
  return demanded(receiptIndex, { state: "answered", count });
}

const places = (first: number, length: number) => Array.from({ length }, (_, at) => first + at);
const demand = (index: number) => ({ kind: "demand", index });
const reread = (...receiptIndices: readonly number[]) => ({ kind: "reread", receiptIndices });
const wait = { kind: "wait" };

describe("a batch of which nothing is known", () => {
  it.each([
    ["nobody asked", [], demand(WHOLE_BATCH)],
    ["one receipt was asked for", [demanded(0)], demand(WHOLE_BATCH)],
    ["one receipt of two was shown", [answered(0, 2)], demand(WHOLE_BATCH)],
    ["sixteen and more were asked for", places(0, 17).map((index) => demanded(index)), demand(WHOLE_BATCH)],
    ["all of it was asked for", [demanded(WHOLE_BATCH)], wait],
    ["each receipt was asked for, one by one", [answered(0, 2), demanded(1)], wait],
    ["each receipt was shown, one by one", [answered(0, 2), answered(1, 2)], reread(0, 1)],
    ["all of it was shown", [answered(WHOLE_BATCH, 2)], reread(0, 1)],
    ["all of it was shown, and it is none", [answered(WHOLE_BATCH, 0)], reread()],
  ])("when %s", (_what, demands, step) => {
    expect(withheldStep(refused, demands)).toEqual(step);
  });
});

describe("a batch of which single receipts are not known", () => {
  const lacking = { ...known, unattributed: [4], unsigned: [2, 7] };

  it.each([
    ["nobody asked", [], demand(2)],
    ["the first was asked for", [demanded(2)], demand(4)],
    ["some of them were shown", [answered(2, 9), answered(4, 9)], demand(7)],
    ["each was asked for", [demanded(2), demanded(4), answered(7, 9)], wait],
    ["sixteen of it wait for an answer, for more would cost more each", places(10, 16).map((at) => demanded(at)), wait],
    ["each was shown", [answered(2, 9), answered(4, 9), answered(7, 9)], reread(2, 4, 7)],
    ["all of it was asked for", [demanded(WHOLE_BATCH)], wait],
    ["all of it was shown, which has no signatures", [answered(WHOLE_BATCH, 9)], reread(2, 4, 7)],
  ])("when %s", (_what, demands, step) => {
    expect(withheldStep(lacking, demands)).toEqual(step);
  });
});

describe("a batch of which the shares of many receipts are not known", () => {
  it.each([
    ["as many as all of it costs", places(0, 16), [], demand(0)],
    ["more", places(0, 17), [], demand(WHOLE_BATCH)],
    ["more, but for one that was asked for", places(0, 17), [demanded(3)], demand(0)],
  ])("%s", (_what, unattributed, demands, step) => {
    expect(withheldStep({ ...known, unattributed }, demands)).toEqual(step);
  });

  it("does not count those that only lack a signature: all of it would not show them", () => {
    const lacking = { ...known, unattributed: places(0, 16), unsigned: places(16, 20) };

    expect(withheldStep(lacking, [])).toEqual(demand(0));
  });
});
