import { pad } from "viem";
import { describe, expect, it } from "vitest";
import type { EarningRange, Earnings } from "./Earnings.js";
import { renderEarnings } from "./renderEarnings.js";

const account = pad("0xab", { size: 20 });
const hash = pad("0x5");
const nothing: Earnings = {
  ok: true,
  account: pad("0x7", { size: 20 }),
  kind: "pool",
  credited: undefined,
  unproven: undefined,
  paid: "0",
  ranges: [],
  unreadBatches: 0,
  earlier: undefined,
  next: undefined,
  checks: [],
};
const range: EarningRange = {
  stage: "window",
  epoch: "4",
  firstBatch: "7",
  lastBatch: "9",
  creditsRoot: hash,
  finalizableAt: "1700000000",
  transactions: { proposed: hash, finalized: undefined, cancelled: undefined },
  receipts: [
    { batch: "9", receiptIndex: 2, receiptHash: hash, model: "3", share: 20_000, amount: "1500000000000000000" },
    { batch: "8", receiptIndex: 0, receiptHash: undefined, model: undefined, share: undefined, amount: "1" },
  ],
  more: 3,
};

describe("earnings in words", () => {
  it("name what credits an account, what became of it, and how to go on", () => {
    const text = renderEarnings({
      ...nothing,
      account,
      kind: "contributor",
      credited: { epoch: "4", amount: "3000000000000000000" },
      unproven: "4",
      paid: "1000000000000000000",
      ranges: [range],
      unreadBatches: 12,
      earlier: { beforeEpoch: "4", amount: "1000000000000000000" },
      next: { before: "5", skip: 2 },
    });

    expect(text.split("\n")).toEqual([
      `${account} was credited 3 OPEN up to epoch 4; 1 OPEN is paid out.`,
      "",
      "Epoch 4, batches 7 to 9: in its window, final not before 2023-11-14T22:13:20.000Z; a proof can cancel it",
      `   30.51 % 1.5 OPEN of ${hash} (batch 9, receipt 2, model 3)`,
      "           0.000000000000000001 OPEN of batch 8, receipt 0, which is not to be had",
      "  and 3 more",
      "",
      "Epoch 4 is in its window: a receipt that its lists leave out is found by oracles, not here.",
      "12 older batches that wait for an epoch were not looked into.",
      "1 OPEN by epochs before 4.",
      "Go on with --before 5 --skip 2",
      "0 of 0 checks hold.",
      "",
    ]);
  });

  it("name no transaction that the index does not have", () => {
    const unknown = { proposed: undefined, finalized: undefined, cancelled: undefined };
    const ranges = (["final", "cancelled"] as const).map((stage) => ({ ...range, stage, transactions: unknown }));

    const text = renderEarnings({ ...nothing, ok: false, ranges });

    expect(text).toContain("Epoch 4, batches 7 to 9: final, transaction unknown\n");
    expect(text).toContain("its root was cancelled in an unknown transaction; due by the receipts, not credited yet\n");
  });

  it("say that a pool was credited nothing", () => {
    expect(renderEarnings(nothing)).toBe(
      "The pool of Datanet 7 was paid 0 OPEN.\n\nNone of the receipts that were looked into credits it.\n\n0 of 0 checks hold.\n",
    );
  });

  it("let nothing that a check found start a line of its own", () => {
    const hostile = "x\u001b[2J\r\n9 of 9 checks hold.\u2028";
    const checks = [{ name: "epoch_file", subject: "epoch 1", ok: false, detail: hostile }];

    const text = renderEarnings({ ...nothing, ok: false, checks });

    expect(text.split("\n").filter((line) => line.startsWith("9 of 9"))).toEqual([]);
    expect(text).toContain("0 of 1 checks hold.\n  FAILED epoch_file (epoch 1): ");
  });
});
