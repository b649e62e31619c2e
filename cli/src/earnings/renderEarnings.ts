import { formatOpen } from "@openledger/sdk";
import { percent } from "../percent.js";
import { printable } from "../printable.js";
import type { EarnedReceipt, EarningRange, Earnings } from "./Earnings.js";

/** Earnings for a person: which receipts credit the account, what became of that, and what did not hold. */
export function renderEarnings(earnings: Earnings): string {
  const { account, kind, credited, unproven, paid, ranges, unreadBatches, earlier, next, checks } = earnings;
  const failed = checks.filter(({ ok }) => !ok);
  const name = kind === "pool" ? `The pool of Datanet ${BigInt(account)}` : account;
  const lines = [
    credited === undefined
      ? `${name} was paid ${open(paid)}.`
      : `${name} was credited ${open(credited.amount)} up to epoch ${credited.epoch}; ${open(paid)} is paid out.`,
    "",
    ...(ranges.length === 0 ? ["None of the receipts that were looked into credits it.", ""] : []),
    ...ranges.flatMap(rangeLines),
    ...(unproven === undefined
      ? []
      : [`Epoch ${unproven} is in its window: a receipt that its lists leave out is found by oracles, not here.`]),
    ...(unreadBatches === 0 ? [] : [`${unreadBatches} older batches that wait for an epoch were not looked into.`]),
    ...(earlier === undefined ? [] : [`${open(earlier.amount)} by epochs before ${earlier.beforeEpoch}.`]),
    ...(next === undefined
      ? []
      : [`Go on with --before ${next.before}${next.skip === 0 ? "" : ` --skip ${next.skip}`}`]),
    `${checks.length - failed.length} of ${checks.length} checks hold.`,
    ...failed.map(({ name, subject, detail }) => `  FAILED ${name} (${subject}): ${detail}`),
  ];
  return `${lines.map(printable).join("\n")}\n`;
}

function rangeLines(range: EarningRange): string[] {
  const { epoch, firstBatch, lastBatch, receipts, more } = range;
  const batches = firstBatch === lastBatch ? `batch ${firstBatch}` : `batches ${firstBatch} to ${lastBatch}`;
  return [
    epoch === undefined ? `${capital(batches)}: ${stageOf(range)}` : `Epoch ${epoch}, ${batches}: ${stageOf(range)}`,
    ...receipts.map(receiptLine),
    ...(more === 0 ? [] : [`  and ${more} more`]),
    "",
  ];
}

function stageOf({ stage, finalizableAt, transactions }: EarningRange): string {
  switch (stage) {
    case "final":
      return `final, transaction ${transactions.finalized ?? "unknown"}`;
    case "window":
      return `in its window, final not before ${timeOf(finalizableAt)}; a proof can cancel it`;
    case "cancelled":
      return `its root was cancelled in ${transactions.cancelled ?? "an unknown transaction"}; due by the receipts, not credited yet`;
    case "open":
      return "has no root yet; due by the receipts, not credited yet";
    case "settled":
      return "in no epoch yet; due by the receipts, not credited yet";
  }
}

function receiptLine({ batch, receiptIndex, receiptHash, model, share, amount }: EarnedReceipt): string {
  const place = `batch ${batch}, receipt ${receiptIndex}`;
  if (receiptHash === undefined || share === undefined)
    return `           ${open(amount)} of ${place}, which is not to be had`;
  return `  ${percent(share)} ${open(amount)} of ${receiptHash} (${place}, model ${model})`;
}

function timeOf(timestamp: string | undefined): string {
  return timestamp === undefined ? "an unknown time" : new Date(Number(timestamp) * 1000).toISOString();
}

function open(amount: string | undefined): string {
  return amount === undefined ? "an unknown amount" : `${formatOpen(BigInt(amount))} OPEN`;
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
