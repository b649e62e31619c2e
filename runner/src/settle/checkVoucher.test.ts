import type { Voucher } from "@openledger/sdk";
import { expect, test } from "vitest";
import { RunnerError } from "../RunnerError.js";
import { type ChannelBooks, type ChannelState, checkAgainstBooks, checkDeadline } from "./checkVoucher.js";

const digest = `0x${"aa".repeat(32)}` as const;
const other = `0x${"bb".repeat(32)}` as const;
const address = `0x${"11".repeat(20)}` as const;
const channel: ChannelState = {
  payer: address,
  runner: address,
  salt: 0n,
  balance: 1000n,
  claimed: 100n,
  thawing: 0n,
  thawEnd: 0n,
};
const books: ChannelBooks = { nonce: 4n, cumulative: 300n, pending: undefined, otherModels: 200n };
const voucher: Voucher = {
  channel: digest,
  model: 1n,
  nonce: 5n,
  cumulativeCap: 350n,
  requestHash: digest,
  deadline: 100n,
};

function codeOf(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof RunnerError) return error.code;
    throw error;
  }
}

const against = (more: {
  voucher?: Partial<Voucher>;
  books?: Partial<ChannelBooks>;
  channel?: Partial<ChannelState>;
}) =>
  codeOf(() =>
    checkAgainstBooks(
      { ...voucher, ...more.voucher },
      digest,
      { ...books, ...more.books },
      { ...channel, ...more.channel },
      50n,
    ),
  );

test("a voucher that covers what is owed and this answer is taken, to the unit", () => {
  expect(against({})).toBeUndefined();
  expect(against({ voucher: { cumulativeCap: 349n } })).toBe("voucher_cap_too_low");
});

test("all promises together stay within the channel, to the unit", () => {
  expect(against({ voucher: { cumulativeCap: 800n } })).toBeUndefined();
  expect(against({ voucher: { cumulativeCap: 801n } })).toBe("channel_exhausted");
  expect(against({ channel: { thawing: 451n } })).toBe("channel_exhausted");
  expect(against({ channel: { thawing: 450n } })).toBeUndefined();
});

test("a nonce is the next one, and belongs to one request", () => {
  expect(against({ voucher: { nonce: 4n } })).toBe("nonce_taken");
  expect(against({ voucher: { nonce: 6n } })).toBe("nonce_out_of_order");
  expect(against({ books: { pending: other } })).toBe("nonce_taken");
  expect(against({ books: { pending: digest } })).toBeUndefined();
});

test("a deadline reaches the horizon, to the second", () => {
  expect(codeOf(() => checkDeadline(voucher, 40, 60))).toBeUndefined();
  expect(codeOf(() => checkDeadline(voucher, 40.1, 60))).toBe("voucher_expires_too_soon");
});
