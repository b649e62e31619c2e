import { InvalidValueError } from "../errors/InvalidValueError.js";
import { dataPartBetween, WHOLE_BPS } from "./dataFee.js";

/** Governed parts of a fee, basis points of the fee. */
export type SplitConfig = {
  readonly protocolBps: number;
  readonly securityBps: number;
  readonly stakersBps: number;
};

/** Parts of a fee that a model's owner chose, basis points of the fee. */
export type Revenue = { readonly modelBps: number; readonly dataBps: number };

/** Where a settled amount goes; the parts add up to it. `governed`: protocol and security together. */
export type Split = {
  readonly governed: bigint;
  readonly stakers: bigint;
  readonly model: bigint;
  readonly data: bigint;
  readonly runner: bigint;
};

/** What is divided of a governed due, and what waits for the next division because the shares do not divide it. */
export type GovernedDivision = { readonly protocol: bigint; readonly security: bigint; readonly rest: bigint };

/** Divides what batches settled for protocol and security together: exactly, so that no share depends on how often. */
export function divideGoverned(due: bigint, config: SplitConfig): GovernedDivision {
  const bps = BigInt(config.protocolBps + config.securityBps);
  if (bps === 0n) return { protocol: 0n, security: 0n, rest: due };
  const times = due / bps;
  const protocol = times * BigInt(config.protocolBps);
  const security = times * BigInt(config.securityBps);
  return { protocol, security, rest: due - protocol - security };
}

/**
 * The configuration as `settle` expects it: `(protocolBps + securityBps) · 2¹¹ + stakersBps`, what a runner's own part depends
 * on.
 */
export function configCode(config: SplitConfig): number {
  return (config.protocolBps + config.securityBps) * 2048 + config.stakersBps;
}

/**
 * Split of what one batch settles for one model. Data is floored per row, every other part once; the runner takes what
 * is left.
 *
 * @param rows Claimed amounts of the (channel, model) before and after; a row that does not rise counts nothing.
 */
export function splitSettlement(
  rows: readonly { readonly before: bigint; readonly after: bigint }[],
  config: SplitConfig,
  revenue: Revenue,
): Split {
  if (revenue.dataBps >= Number(WHOLE_BPS)) throw new InvalidValueError("dataBps", "less than 10000", revenue.dataBps);
  let amount = 0n;
  let data = 0n;
  for (const { before, after } of rows) {
    if (after <= before) continue;
    amount += after - before;
    data += dataPartBetween(before, after, revenue.dataBps);
  }

  const rest = amount - data;
  const restBps = WHOLE_BPS - BigInt(revenue.dataBps);
  const part = (bps: number): bigint => (rest * BigInt(bps)) / restBps;
  const governed = part(config.protocolBps + config.securityBps);
  const stakers = part(config.stakersBps);
  const model = part(revenue.modelBps);
  return { governed, stakers, model, data, runner: rest - governed - stakers - model };
}
