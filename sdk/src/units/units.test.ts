import fc from "fast-check";
import type { Address } from "viem";
import { describe, expect, it } from "vitest";
import type { Share } from "../hash/types.js";
import { dataFee } from "./dataFee.js";
import { dueAmount, receiptDataFee } from "./dueAmount.js";
import { answerFee } from "./fee.js";
import { formatOpen, parseOpen } from "./open.js";
import { configCode, divideGoverned, splitSettlement } from "./split.js";

const amount = (): fc.Arbitrary<bigint> => fc.bigInt({ min: 0n, max: 10n ** 27n });
const bps = (max: number): fc.Arbitrary<number> => fc.integer({ min: 0, max });
const account = (value: bigint): Address => `0x${value.toString(16).padStart(40, "0")}`;

const creditAmounts = (fee: bigint, shares: readonly Share[]): bigint[] =>
  shares.map((share) => dueAmount(shares, share.account, fee));

/** Shares that are whole, over accounts that ascend; the first is a pool when `first` is small. */
const shareList = (first: bigint) =>
  fc
    .array(fc.integer({ min: 1, max: 900 }), { minLength: 0, maxLength: 70 })
    .map((others) => [
      { account: account(first), share: 65_536 - others.reduce((sum, share) => sum + share, 0) },
      ...others.map((share, at) => ({ account: account(2n ** 100n + BigInt(at)), share })),
    ]);

describe("units", () => {
  it("reckon a fee from the price", () => {
    const price = { perRequest: 5n, perPromptToken: 2n, perOutputToken: 3n };
    expect(answerFee(price, { promptTokens: 10, outputTokens: 7 })).toBe(46n);
    expect(() => answerFee(price, { promptTokens: 1.5, outputTokens: 0 })).toThrow(/promptTokens: expected a count/);
    expect(() => answerFee({ ...price, perRequest: 1n << 96n }, { promptTokens: 0, outputTokens: 0 })).toThrow(
      /96 bits/,
    );
  });

  it("lose nothing between receipts that chain", () => {
    fc.assert(
      fc.property(fc.array(amount(), { minLength: 1, maxLength: 20 }), bps(7000), (fees, dataBps) => {
        let cumulative = 0n;
        let sum = 0n;
        for (const fee of fees) {
          cumulative += fee;
          sum += dataFee({ cumulative, fee }, dataBps);
        }
        expect(sum).toBe((cumulative * BigInt(dataBps)) / 10_000n);
      }),
    );
    expect(dataFee({ cumulative: 9_999n, fee: 9_999n }, 1)).toBe(0n);
    expect(dataFee({ cumulative: 10_000n, fee: 1n }, 1)).toBe(1n);
    expect(() => dataFee({ cumulative: 1n, fee: 2n }, 1)).toThrow(/at most the cumulative/);
  });

  it("split an amount into parts that add up to it", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(amount(), amount()), { minLength: 1, maxLength: 10 }),
        fc.tuple(bps(600), bps(600), bps(600)),
        fc.tuple(bps(3000), bps(4000)),
        (pairs, [protocolBps, securityBps, stakersBps], [modelBps, dataBps]) => {
          const rows = pairs.map(([before, step]) => ({ before, after: before + step }));
          const split = splitSettlement(rows, { protocolBps, securityBps, stakersBps }, { modelBps, dataBps });
          const whole = rows.reduce((sum, { before, after }) => sum + after - before, 0n);
          const parts = Object.values(split);
          expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(whole);
          expect(parts.every((part) => part >= 0n)).toBe(true);
        },
      ),
    );
  });

  it("let a row that does not rise count nothing", () => {
    const config = { protocolBps: 200, securityBps: 500, stakersBps: 800 };
    const rows = [
      { before: 100n, after: 1_100n },
      { before: 900n, after: 900n },
      { before: 900n, after: 400n },
    ];
    expect(splitSettlement(rows, config, { modelBps: 1500, dataBps: 4000 })).toEqual({
      governed: 70n,
      stakers: 80n,
      model: 150n,
      data: 400n,
      runner: 300n,
    });
  });

  it("divide the governed part without a rest, however often", () => {
    fc.assert(
      fc.property(
        fc.array(amount(), { minLength: 1, maxLength: 10 }),
        fc.tuple(bps(1000), bps(1000)),
        (dues, [protocolBps, securityBps]) => {
          const config = { protocolBps, securityBps, stakersBps: 0 };
          const once = divideGoverned(
            dues.reduce((sum, due) => sum + due, 0n),
            config,
          );
          const often = dues.reduce(
            (sum, due) => {
              const next = divideGoverned(sum.rest + due, config);
              return {
                protocol: sum.protocol + next.protocol,
                security: sum.security + next.security,
                rest: next.rest,
              };
            },
            { protocol: 0n, security: 0n, rest: 0n },
          );
          expect(often).toEqual(once);
          expect(once.protocol * BigInt(securityBps)).toBe(once.security * BigInt(protocolBps));
        },
      ),
    );
    expect(configCode({ protocolBps: 200, securityBps: 500, stakersBps: 800 })).toBe(700 * 2048 + 800);
  });

  it("give a pool what the contributors leave, to the last unit", () => {
    fc.assert(
      fc.property(amount(), shareList(7n), (fee, shares) => {
        const amounts = creditAmounts(fee, shares);
        expect(amounts.reduce((sum, due) => sum + due, 0n)).toBe(fee);
        for (const [at, due] of amounts.entries()) {
          if (at > 0) expect(due).toBe((fee * BigInt(shares[at]!.share)) / 65_536n);
        }
      }),
    );
  });

  it("leave the dust of a list without a pool to nobody", () => {
    const shares = [
      { account: account(2n ** 90n), share: 21_845 },
      { account: account(2n ** 91n), share: 43_691 },
    ];
    expect(creditAmounts(10n, shares)).toEqual([3n, 6n]);
    expect(dueAmount(shares, account(5n), 10n)).toBe(0n);
  });

  it("let the first pool alone take the rest", () => {
    const shares = [
      { account: account(1n), share: 21_845 },
      { account: account(2n), share: 43_691 },
    ];
    expect(creditAmounts(10n, shares)).toEqual([4n, 6n]);
  });

  it("give nobody anything by a list that is not whole", () => {
    const [a, b] = [account(2n ** 90n), account(2n ** 91n)];
    const broken: Share[][] = [
      [],
      [{ account: a, share: 65_535 }],
      [
        { account: a, share: 65_536 },
        { account: b, share: 0 },
      ],
      [
        { account: b, share: 1 },
        { account: a, share: 65_535 },
      ],
      [
        { account: a, share: 1 },
        { account: a, share: 65_535 },
      ],
      Array.from({ length: 73 }, (_, at) => ({ account: account(BigInt(at + 1)), share: at === 0 ? 65_464 : 1 })),
    ];
    for (const shares of broken) {
      for (const one of [a, b, account(1n)]) expect(dueAmount(shares, one, 10n ** 18n)).toBe(0n);
    }
    expect(receiptDataFee({ cumulative: 1n, fee: 2n }, 4000)).toBe(0n);
    expect(receiptDataFee({ cumulative: 2n, fee: 2n }, undefined)).toBe(0n);
  });

  it("treat accounts up to 2^64 - 1 as pools, as the contracts do", () => {
    for (const [first, expected] of [
      [0n, 10n],
      [2n ** 64n - 1n, 10n],
      [2n ** 64n, 9n],
    ] as const) {
      const shares = [
        { account: account(first), share: 65_535 },
        { account: account(2n ** 100n), share: 1 },
      ];
      expect(creditAmounts(10n, shares)[0]).toBe(expected);
    }
  });

  it("read and write OPEN exactly", () => {
    fc.assert(
      fc.property(amount(), (value) => {
        expect(parseOpen(formatOpen(value))).toBe(value);
      }),
    );
    expect(formatOpen(-1n)).toBe("-0.000000000000000001");
    expect(parseOpen("1.5")).toBe(1_500_000_000_000_000_000n);
    for (const wrong of ["", "1.", ".5", "1e3", "-1", "0.1234567890123456789", " 1"]) {
      expect(() => parseOpen(wrong)).toThrow(/decimal number of OPEN/);
    }
  });
});
