/**
 * When a voucher is as good as money.
 *
 * A runner can take `cumulative` of a (channel, model) only with a voucher whose cap reaches it, before the voucher's
 * deadline, and out of what the channel holds and its payer is not taking back. Each check below closes one way in
 * which an answer could be given for which nothing can be collected.
 */
import type { Voucher } from "@openledger/sdk";
import { type Address, type Hex, isAddressEqual } from "viem";
import { RunnerError } from "../RunnerError.js";

/** A channel as the market shows it, base units. */
export interface ChannelState {
  readonly payer: Address;
  readonly runner: Address;
  readonly salt: bigint;
  readonly balance: bigint;
  readonly claimed: bigint;
  readonly thawing: bigint;
  readonly thawEnd: bigint;
}

/** What the channel has promised and given, as the runner's own books show it. */
export interface ChannelBooks {
  /** The last answered nonce of this model, 0 before the first. */
  readonly nonce: bigint;
  /** What is owed for this model up to that nonce. */
  readonly cumulative: bigint;
  /** Digest of the voucher that holds `nonce + 1`, while it is being answered. */
  readonly pending: Hex | undefined;
  /** What the channel's other models may take: caps of what is being answered, else what is owed. */
  readonly otherModels: bigint;
}

/**
 * The channel's own facts: who it belongs to.
 *
 * @param parties.isAuthorized Whether the signer is one that the payer has authorised, and not on its way out.
 * @throws RunnerError `channel_of_another_runner`, `voucher_wrong_signer`
 */
export function checkParties(
  channel: ChannelState,
  parties: { readonly runner: Address; readonly signer: Address; readonly isAuthorized: boolean },
): void {
  if (!isAddressEqual(channel.runner, parties.runner)) {
    throw new RunnerError(
      "channel_of_another_runner",
      `The channel pays runner ${channel.runner}; this is runner ${parties.runner}. Open a channel to this one.`,
      { retryable: false, details: { runner: parties.runner } },
    );
  }
  if (!isAddressEqual(channel.payer, parties.signer) && !parties.isAuthorized) {
    throw new RunnerError(
      "voucher_wrong_signer",
      `The voucher's signature is ${parties.signer}'s on this chain and market, the channel's payer is ${channel.payer}. ` +
        "Sign with the payer's key or an authorised signer's, for the chain id and market of the quote.",
      { retryable: false, details: { payer: channel.payer } },
    );
  }
}

/** @param horizonSeconds How long after its answer a voucher must still be good. @throws RunnerError */
export function checkDeadline(voucher: Voucher, nowSeconds: number, horizonSeconds: number): void {
  const earliest = BigInt(Math.ceil(nowSeconds + horizonSeconds));
  if (voucher.deadline >= earliest) return;
  throw new RunnerError(
    "voucher_expires_too_soon",
    `The voucher is good until ${voucher.deadline}; this runner needs ${earliest} or later to settle it.`,
    { retryable: false, details: { earliestDeadline: `${earliest}` } },
  );
}

/**
 * The amounts and the order, against the books.
 *
 * @param maxFee The fee if all tokens asked for are generated.
 * @throws RunnerError `nonce_taken`, `nonce_out_of_order`, `voucher_cap_too_low`, `channel_exhausted`
 */
export function checkAgainstBooks(
  voucher: Voucher,
  digest: Hex,
  books: ChannelBooks,
  channel: ChannelState,
  maxFee: bigint,
): void {
  const expected = books.nonce + 1n;
  const details = { nonce: `${books.nonce}`, cumulative: `${books.cumulative}` };
  if (
    voucher.nonce <= books.nonce ||
    (voucher.nonce === expected && books.pending !== undefined && books.pending !== digest)
  ) {
    throw new RunnerError(
      "nonce_taken",
      `Nonce ${voucher.nonce} of this channel and model belongs to another request. Sign the next one after its answer.`,
      { retryable: false, details },
    );
  }
  if (voucher.nonce !== expected) {
    throw new RunnerError(
      "nonce_out_of_order",
      `The voucher has nonce ${voucher.nonce}; the next one of this channel and model is ${expected}.`,
      { retryable: false, details },
    );
  }

  const least = books.cumulative + maxFee;
  if (voucher.cumulativeCap < least) {
    throw new RunnerError(
      "voucher_cap_too_low",
      `The voucher allows ${voucher.cumulativeCap} in all; ${books.cumulative} is owed and this answer costs up to ` +
        `${maxFee}: sign a cap of at least ${least}.`,
      { retryable: false, details: { ...details, maxFee: `${maxFee}`, leastCap: `${least}` } },
    );
  }

  const available = availableOf(channel);
  const promised = books.otherModels + voucher.cumulativeCap;
  if (promised > available) {
    throw new RunnerError(
      "channel_exhausted",
      `The channel has ${available} for its vouchers; with this one they reach ${promised}. Top the channel up.`,
      { retryable: false, details: { available: `${available}`, promised: `${promised}` } },
    );
  }
}

/**
 * What can still be taken for sure over the channel's life. What thaws is left out from the start: its clock may end
 * before the next batch.
 */
export function availableOf(channel: ChannelState): bigint {
  return channel.balance - channel.thawing;
}
