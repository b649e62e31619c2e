import fc from "fast-check";
import type { Address, Hex } from "viem";
import { expect, test } from "vitest";
import type { ChannelState } from "./checkVoucher.js";
import { type BatchLimits, planBatch, type Unsettled } from "./planBatch.js";

const word = (value: number): Hex => `0x${value.toString(16).padStart(64, "0")}`;
const zero = word(0);
const address: Address = `0x${"11".repeat(20)}`;

function entry(
  channel: number,
  model: bigint,
  nonce: number,
  fee: bigint,
  cumulative: bigint,
  deadline = 1000n,
): Unsettled {
  return {
    hash: word(channel * 1_000_000 + Number(model) * 1000 + nonce),
    receipt: {
      channel: word(channel),
      model,
      nonce: BigInt(nonce),
      cumulative,
      fee,
      promptTokens: 1,
      outputTokens: 1,
      requestHash: zero,
      programRoot: zero,
      seed: zero,
      outputHash: zero,
      attributionHash: zero,
    },
    voucher: {
      channel: word(channel),
      model,
      nonce: BigInt(nonce),
      cumulativeCap: cumulative + 5n,
      requestHash: zero,
      deadline,
    },
    voucherSignature: "0x",
  };
}

const state = (balance: bigint, more: Partial<ChannelState> = {}): ChannelState => ({
  payer: address,
  runner: address,
  salt: 0n,
  balance,
  claimed: 0n,
  thawing: 0n,
  thawEnd: 0n,
  ...more,
});
const limits: BatchLimits = { minedAt: 500n, receipts: 100, rows: 100 };
const nonces = (entries: readonly Unsettled[]) => entries.map(({ receipt }) => Number(receipt.nonce));

test("receipts stand in the order of the tree, and the last of each pair pays for all before it", () => {
  const plan = planBatch(
    [entry(2, 1n, 1, 3n, 3n), entry(1, 2n, 2, 4n, 9n), entry(1, 2n, 1, 5n, 5n), entry(1, 1n, 1, 7n, 7n)],
    new Map([
      [word(1), state(100n)],
      [word(2), state(100n)],
    ]),
    limits,
  );

  expect(plan.receipts.map(({ receipt }) => [receipt.channel, receipt.model, receipt.nonce])).toEqual([
    [word(1), 1n, 1n],
    [word(1), 2n, 1n],
    [word(1), 2n, 2n],
    [word(2), 1n, 1n],
  ]);
  expect(plan.last.map(({ receipt }) => receipt.cumulative)).toEqual([7n, 9n, 3n]);
  expect(plan.leftOut).toEqual([]);
});

test("a voucher is good up to the second the batch may be mined, inclusive", () => {
  const at = (deadline: bigint) =>
    planBatch([entry(1, 1n, 1, 3n, 3n, deadline)], new Map([[word(1), state(9n)]]), limits);

  expect(nonces(at(500n).receipts)).toEqual([1]);
  expect(at(499n)).toMatchObject({ receipts: [], leftOut: [{ count: 1, amount: 3n, reason: "voucher_expired" }] });
});

test("an expired voucher is covered by a later one, and waits when there is none", () => {
  const entries = [entry(1, 1n, 1, 3n, 3n, 10n), entry(1, 1n, 2, 4n, 7n, 1000n), entry(1, 1n, 3, 2n, 9n, 10n)];

  const plan = planBatch(entries, new Map([[word(1), state(100n)]]), limits);

  expect(nonces(plan.receipts)).toEqual([1, 2]);
  expect(nonces(plan.last)).toEqual([2]);
  expect(plan.leftOut).toEqual([{ channel: word(1), model: 1n, count: 1, amount: 2n, reason: "voucher_expired" }]);
});

test("a voucher of behind the bound covers receipts up to it", () => {
  const entries = [entry(1, 1n, 1, 3n, 3n, 10n), entry(1, 1n, 2, 4n, 7n, 10n), entry(1, 1n, 3, 2n, 9n, 1000n)];

  const plan = planBatch(entries, new Map([[word(1), state(100n)]]), { ...limits, receipts: 2 });

  expect(nonces(plan.receipts)).toEqual([1, 2]);
  expect(plan.last.map(({ receipt, voucher }) => [receipt.cumulative, voucher.nonce])).toEqual([[7n, 3n]]);
  expect(plan.leftOut).toEqual([]);
});

test("what one batch does not hold goes into further ones, each starting where the one before it ended", () => {
  const pairs = fc.uniqueArray(
    fc.record({
      channel: fc.integer({ min: 1, max: 3 }),
      model: fc.bigInt({ min: 1n, max: 3n }),
      // The last voucher of each is good; of those before any may be expired.
      fees: fc.array(fc.tuple(fc.bigInt({ min: 1n, max: 50n }), fc.boolean()), { minLength: 1, maxLength: 9 }),
    }),
    { selector: ({ channel, model }) => `${channel}/${model}`, minLength: 1, maxLength: 6 },
  );
  fc.assert(
    fc.property(pairs, fc.integer({ min: 1, max: 7 }), (groups, receipts) => {
      let open = groups.flatMap(({ channel, model, fees }) => {
        let cumulative = 0n;
        return fees.map(([fee, isGood], at) => {
          cumulative += fee;
          return entry(channel, model, at + 1, fee, cumulative, isGood || at === fees.length - 1 ? 1000n : 10n);
        });
      });
      const all = open.length;
      const paid = new Map<string, bigint>();
      const claimed = new Map<Hex, bigint>();

      let batches = 0;
      for (; open.length > 0; batches++) {
        const channels = new Map(
          [1, 2, 3].map((at) => [word(at), state(10_000n, { claimed: claimed.get(word(at)) ?? 0n })] as const),
        );
        const plan = planBatch(open, channels, { minedAt: 500n, receipts, rows: 100 });

        for (const { receipt } of plan.receipts) {
          const pair = `${receipt.channel}/${receipt.model}`;
          expect(receipt.cumulative - receipt.fee).toBe(paid.get(pair) ?? 0n);
          paid.set(pair, receipt.cumulative);
          claimed.set(receipt.channel, (claimed.get(receipt.channel) ?? 0n) + receipt.fee);
        }
        for (const { receipt, voucher } of plan.last) {
          expect(receipt.cumulative).toBe(paid.get(`${receipt.channel}/${receipt.model}`));
          expect(voucher.cumulativeCap).toBeGreaterThanOrEqual(receipt.cumulative);
          expect(voucher).toMatchObject({ channel: receipt.channel, model: receipt.model, deadline: 1000n });
        }
        open = open.filter(({ hash }) => !plan.receipts.some((taken) => taken.hash === hash));
        expect(batches).toBeLessThan(all);
      }
      expect(batches).toBe(Math.ceil(all / receipts));
    }),
    { numRuns: 200 },
  );
});

test("what thaws is the payer's from thawEnd on, inclusive", () => {
  const entries = [entry(1, 1n, 1, 60n, 60n), entry(1, 1n, 2, 30n, 90n)];
  const at = (thawEnd: bigint) =>
    nonces(planBatch(entries, new Map([[word(1), state(100n, { thawing: 20n, thawEnd })]]), limits).receipts);

  expect(at(501n)).toEqual([1, 2]);
  expect(at(500n)).toEqual([1]);
});

test("an unknown channel's receipts wait", () => {
  const plan = planBatch([entry(1, 1n, 1, 3n, 3n)], new Map([[word(1), undefined]]), limits);

  expect(plan).toMatchObject({ receipts: [], leftOut: [{ reason: "unknown_channel" }] });
});

test("no plan takes more of a channel than it holds, breaks a chain, shows a bad voucher or passes its limits", () => {
  const chains = fc.array(
    fc.record({
      channel: fc.integer({ min: 1, max: 3 }),
      model: fc.bigInt({ min: 1n, max: 3n }),
      fees: fc.array(fc.tuple(fc.bigInt({ min: 0n, max: 50n }), fc.bigInt({ min: 0n, max: 1000n })), {
        minLength: 1,
        maxLength: 6,
      }),
    }),
    { maxLength: 6 },
  );
  const states = fc.tuple(
    ...[1, 2, 3].map(() => fc.tuple(fc.bigInt({ min: 0n, max: 200n }), fc.bigInt({ min: 0n, max: 100n }))),
  );
  fc.assert(
    fc.property(
      chains,
      states,
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 3 }),
      (groups, held, receipts, rows) => {
        const unique = new Map(groups.map((group) => [`${group.channel}/${group.model}`, group]));
        const entries = [...unique.values()].flatMap(({ channel, model, fees }) => {
          let cumulative = 0n;
          return fees.map(([fee, deadline], at) => {
            cumulative += fee;
            return entry(channel, model, at + 1, fee, cumulative, deadline);
          });
        });
        const channels = new Map(
          held.map(([balance, claimed], at) => [word(at + 1), state(balance + claimed, { claimed })] as const),
        );

        const plan = planBatch(entries, channels, { minedAt: 500n, receipts, rows });

        expect(plan.receipts.length).toBeLessThanOrEqual(receipts);
        expect(plan.last.length).toBeLessThanOrEqual(rows);
        for (const [channel, { balance, claimed }] of channels) {
          const taken = plan.last.filter(({ receipt }) => receipt.channel === channel);
          expect(taken.reduce((sum, { receipt }) => sum + receipt.cumulative, 0n)).toBeLessThanOrEqual(
            balance - claimed,
          );
          for (const { receipt, voucher } of taken) {
            expect(voucher.deadline).toBeGreaterThanOrEqual(500n);
            const own = plan.receipts.filter(
              (other) => other.receipt.channel === channel && other.receipt.model === receipt.model,
            );
            expect(nonces(own)).toEqual(own.map((_, at) => at + 1));
            expect(own.at(-1)?.receipt).toBe(receipt);
          }
        }
        expect(
          plan.receipts.every(({ receipt }) =>
            plan.last.some((end) => end.receipt.channel === receipt.channel && end.receipt.model === receipt.model),
          ),
        ).toBe(true);
      },
    ),
    { numRuns: 300 },
  );
});
