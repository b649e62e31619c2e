import { poolAccount, SHARE_WHOLE, type Share, sharesHash } from "@openledger/sdk";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AttributionVersion, attributeCodes, MAX_ATTRIBUTED_RECORDS, sumShares } from "./attributeCodes.js";
import { CODE_BYTES, type PositionCodes } from "./codes.js";
import { AttributionIndex } from "./kernel/AttributionIndex.js";
import { ARBITRARY_ROWS, arbitraryCodes } from "./testCodes.js";

const ZERO = `0x${"00".repeat(32)}` as const;

function account(n: number): Share["account"] {
  return `0x${"c0ffee".padEnd(38, "0")}${n.toString(16).padStart(2, "0")}`;
}

function version(datanet: bigint, rows: readonly PositionCodes[], owners: readonly number[]): AttributionVersion {
  const index = AttributionIndex.of({ rows, baseWeightsRoot: ZERO, attributionHash: ZERO }, []);
  // Without decoys the floor is the whole; these tests are about what comes after it.
  index.floors.fill(1);
  return { datanet, version: 1, index, contributors: rows.map((_, i) => account(owners[i % owners.length]!)) };
}

const owners = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 });

describe("shares", () => {
  test("are a whole, ascending and positive, whatever the records", () => {
    fc.assert(
      fc.property(ARBITRARY_ROWS, ARBITRARY_ROWS, owners, arbitraryCodes(10), (first, second, who, answer) => {
        const { shares, records } = attributeCodes([version(7n, first, who), version(8n, second, who)], answer);

        expect(shares.reduce((sum, { share }) => sum + share, 0)).toBe(SHARE_WHOLE);
        expect(sharesHash(shares)).toMatch(/^0x/); // refuses lists that are not ascending, positive and whole
        expect(records.length).toBeLessThanOrEqual(MAX_ATTRIBUTED_RECORDS);
      }),
    );
  });

  test("stay the same in sum when a contributor splits its records over accounts", () => {
    fc.assert(
      fc.property(ARBITRARY_ROWS, owners, arbitraryCodes(10), (rows, who, answer) => {
        const whole = attributeCodes(
          [
            version(
              7n,
              rows,
              who.map((owner) => Math.min(owner, 5)),
            ),
          ],
          answer,
        );
        const split = attributeCodes([version(7n, rows, who)], answer);

        const sum = (shares: readonly Share[], from: number) =>
          shares
            .filter(({ account: found }) => found.startsWith("0xc0ffee") && Number(`0x${found.slice(-2)}`) >= from)
            .reduce((total, { share }) => total + share, 0);
        expect(sum(split.shares, 5)).toBe(sum(whole.shares, 5));
        expect(sum(split.shares, 1)).toBe(sum(whole.shares, 1));
      }),
    );
  });

  test("do not depend on the order of the records", () => {
    const shuffled = ARBITRARY_ROWS.chain((rows) =>
      fc.tuple(
        fc.constant(rows),
        fc.shuffledSubarray([...rows.keys()], { minLength: rows.length, maxLength: rows.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, arbitraryCodes(10), ([rows, order], answer) => {
        const who = rows.map((_, i) => i + 1);
        const straight = attributeCodes([version(7n, rows, [...who, 1])], answer);
        const turned = attributeCodes(
          [
            version(
              7n,
              order.map((i) => rows[i]!),
              [...order.map((i) => who[i]!), 1],
            ),
          ],
          answer,
        );

        expect(turned.shares).toEqual(straight.shares);
      }),
    );
  });

  test("are all the pool's when no token surprised the base", () => {
    const row = { ids: Uint32Array.of(1), surprises: Uint8Array.of(127), codes: new Uint8Array(CODE_BYTES) };

    const { shares, records } = attributeCodes([version(7n, [row], [1])], { ...row, surprises: Uint8Array.of(0) });

    expect(records).toEqual([]);
    expect(shares).toEqual([{ account: poolAccount(7n), share: SHARE_WHOLE }]);
  });

  test("are empty for a model without Datanets", () => {
    const row = { ids: Uint32Array.of(1), surprises: Uint8Array.of(127), codes: new Uint8Array(CODE_BYTES) };

    expect(attributeCodes([], row)).toMatchObject({ records: [], shares: [] });
  });

  test("name 64 records at most, the largest, and leave the rest to the pool", () => {
    // 70 records with one token each; token y occurs in one record, so each is the only posting.
    const rows = Array.from({ length: 70 }, (_, y) => ({
      ids: Uint32Array.of(y),
      surprises: Uint8Array.of(127 - y),
      codes: new Uint8Array(CODE_BYTES),
    }));
    const answer = {
      ids: Uint32Array.from(rows.keys()),
      surprises: new Uint8Array(70).fill(100),
      codes: new Uint8Array(70 * CODE_BYTES),
    };

    const { records, shares } = attributeCodes([version(7n, rows, [1])], answer);

    expect(records.map(({ recordIndex }) => recordIndex)).toEqual(Array.from({ length: 64 }, (_, i) => BigInt(i)));
    const named = records.reduce((sum, { share }) => sum + share, 0);
    expect(shares).toEqual([
      { account: poolAccount(7n), share: SHARE_WHOLE - named },
      { account: account(1), share: named },
    ]);
  });

  test("below the index's floor are the pool's", () => {
    const row = { ids: Uint32Array.of(1), surprises: Uint8Array.of(127), codes: new Uint8Array(CODE_BYTES) };
    const paid = version(7n, [row], [1]);
    const share = attributeCodes([paid], row).records[0]!.share;

    paid.index.floors.fill(share);
    const at = attributeCodes([paid], row).records;
    paid.index.floors.fill(share + 1);
    const below = attributeCodes([paid], row).records;

    expect(at).toHaveLength(1);
    expect(below).toHaveLength(0);
  });

  test("leave even a single unit to the pool, and nothing for it when all is earned", () => {
    const contributor = account(1);

    expect(sumShares([{ contributor, share: SHARE_WHOLE - 1 }], poolAccount(7n))).toEqual([
      { account: poolAccount(7n), share: 1 },
      { account: contributor, share: SHARE_WHOLE - 1 },
    ]);
    expect(sumShares([{ contributor, share: SHARE_WHOLE }], poolAccount(7n))).toHaveLength(1);
    expect(() => sumShares([{ contributor, share: SHARE_WHOLE + 1 }], poolAccount(7n))).toThrow(/at most 65536/);
  });

  test("of one account under two spellings are one entry", () => {
    const lower = "0xabcdefabcdefabcdefabcdefabcdefabcdefabcd";
    const upper = "0xABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCD";

    const shares = sumShares(
      [
        { contributor: lower, share: 1 },
        { contributor: upper, share: 2 },
      ],
      poolAccount(7n),
    );

    expect(shares).toEqual([
      { account: poolAccount(7n), share: SHARE_WHOLE - 3 },
      { account: lower, share: 3 },
    ]);
  });
});

describe("the span of a record", () => {
  test("is where the answer's tokens stand", () => {
    const length = 100;
    const codes = new Uint8Array(length * CODE_BYTES);
    for (let i = 0; i < length; i++) codes.fill((37 * i) & 0xff, i * CODE_BYTES, (i + 1) * CODE_BYTES);
    const row = { ids: Uint32Array.from({ length }, (_, i) => i), surprises: new Uint8Array(length).fill(127), codes };
    const answer = {
      ids: row.ids.slice(60, 70),
      surprises: row.surprises.slice(60, 70),
      codes: codes.slice(60 * CODE_BYTES, 70 * CODE_BYTES),
    };

    const { records } = attributeCodes([version(7n, [row], [1])], answer);

    expect(records[0]!.span).toEqual([60, 70]);
  });
});
