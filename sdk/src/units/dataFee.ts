import { InvalidValueError } from "../errors/InvalidValueError.js";

/** Basis points of the whole. */
export const WHOLE_BPS = 10_000n;

/**
 * Part of a receipt's fee that belongs to data: `floor(cumulative·dataBps/10⁴) − floor((cumulative − fee)·dataBps/10⁴)`.
 * Receipts that chain leave no dust: their data fees add up to the floor of the whole.
 *
 * @throws InvalidValueError when the fee exceeds the cumulative amount.
 */
export function dataFee(receipt: { readonly cumulative: bigint; readonly fee: bigint }, dataBps: number): bigint {
  if (receipt.fee < 0n || receipt.fee > receipt.cumulative) {
    throw new InvalidValueError("fee", `at most the cumulative amount ${receipt.cumulative}`, receipt.fee);
  }
  return dataPartBetween(receipt.cumulative - receipt.fee, receipt.cumulative, dataBps);
}

/** Data part of what lies between two cumulative amounts of one (channel, model). */
export function dataPartBetween(before: bigint, after: bigint, dataBps: number): bigint {
  const bps = BigInt(dataBps);
  return (after * bps) / WHOLE_BPS - (before * bps) / WHOLE_BPS;
}
