import fc from "fast-check";
import { type Address, getAddress, pad, toHex } from "viem";
import { describe, expect, it } from "vitest";
import type { BatchOpening } from "../hash/batch.js";
import { payoutLeaf } from "../hash/payout.js";
import { poolAccount } from "../hash/poolAccount.js";
import type { Credit, Payout, Receipt, Share } from "../hash/types.js";
import { domainHash } from "../merkle/domain.js";
import { MerkleTree } from "../merkle/MerkleTree.js";
import { leafHash } from "../merkle/node.js";
import { verifyMerkleProof } from "../merkle/verifyMerkleProof.js";
import { receiptDataFee } from "../units/dueAmount.js";
import { buildEpoch, type CreditedReceipt } from "./buildEpoch.js";
import { type BatchOpening, findEpochFault, type ProposedEpoch } from "./findEpochFault.js";
import { payoutClaim } from "./payoutClaim.js";

const STREAM = 3n;
const BATCHES = [4n, 5n, 6n];
const PER_BATCH = 3;
const DATA_BPS = 4000;

/** A pool and up to four contributors, whole. */
const shareLists = fc
  .uniqueArray(fc.integer({ min: 1, max: 9 }), { maxLength: 4 })
  .chain((contributors) =>
    fc.tuple(
      fc.constant(contributors.sort((a, b) => a - b)),
      fc.array(fc.integer({ min: 1, max: 16_000 }), { minLength: 4, maxLength: 4 }),
    ),
  )
  .map(([contributors, parts]): Share[] => {
    const others = contributors.map((contributor, at) => ({ account: contributorAt(contributor), share: parts[at]! }));
    const taken = others.reduce((sum, { share }) => sum + share, 0);
    return [{ account: poolAccount(1n), share: 65_536 - taken }, ...others];
  });

const receiptLists = fc.array(
  fc.record({
    fee: fc.bigInt({ min: 0n, max: 10n ** 20n }),
    before: fc.bigInt({ min: 0n, max: 10n ** 20n }),
    shares: shareLists,
  }),
  { minLength: BATCHES.length * PER_BATCH, maxLength: BATCHES.length * PER_BATCH },
);

describe("buildEpoch", () => {
  it("hands out exactly the receipts' data fees, on top of what was paid before", () => {
    fc.assert(
      fc.property(receiptLists, receiptLists, (first, second) => {
        const before = epochOf(1n, first, []);
        const file = epochOf(2n, second, before.payouts);

        const due = receiptsOf(second).reduce((sum, receipt) => sum + receiptDataFee(receipt, DATA_BPS), 0n);

        expect(file.total).toBe(before.total + due);
        expect(file.credits.reduce((sum, credit) => sum + credit.amount, 0n)).toBe(due);
      }),
      { numRuns: 40 },
    );
  });

  it("does not depend on the order of its receipts", () => {
    fc.assert(
      fc.property(receiptLists, (receipts) => {
        const ordered = receiptsOf(receipts);

        expect(build(1n, [...ordered].reverse(), [])).toEqual(build(1n, ordered, []));
      }),
      { numRuns: 20 },
    );
  });

  it("makes a claim of every pay-out, whose proof holds", () => {
    fc.assert(
      fc.property(receiptLists, (receipts) => {
        const file = epochOf(1n, receipts, []);
        for (const payout of file.payouts) {
          const claim = payoutClaim(file, payout.account)!;

          expect(verifyMerkleProof(domainHash("Payout"), claim.root, payoutLeaf(STREAM, payout), claim)).toBe(true);
        }
      }),
      { numRuns: 10 },
    );
  });

  it("gives nothing by a list that is not whole", () => {
    const shares = [{ account: contributorAt(1), share: 65_535 }];

    expect(
      build(1n, [{ batch: 4n, receiptIndex: 0, cumulative: 100n, fee: 100n, dataBps: DATA_BPS, shares }], []),
    ).toMatchObject({
      credits: [],
      payouts: [],
      total: 0n,
    });
  });
});

describe("findEpochFault", () => {
  it("finds nothing in what buildEpoch makes, also when receipts are passed over", () => {
    fc.assert(
      fc.property(receiptLists, receiptLists, fc.nat(8), (first, second, skipped) => {
        const before = epochOf(1n, first, []);
        const kept = receiptsOf(second).filter((_, at) => at !== skipped);

        expect(findEpochFault(proposalOf(build(2n, kept, before.payouts), second, before.payouts))).toBeUndefined();
      }),
      { numRuns: 30 },
    );
  });

  it("finds a fault wherever one number is changed", () => {
    fc.assert(
      fc.property(
        receiptLists,
        receiptLists,
        fc.nat(),
        fc.integer({ min: 0, max: 7 }),
        fc.constantFrom(1n, -1n),
        (first, second, place, field, by) => {
          const before = epochOf(1n, first, []);
          const honest = epochOf(2n, second, before.payouts);
          fc.pre(honest.credits.length > 0);
          const changed = change(honest, place, field, by);
          fc.pre(changed !== undefined);

          expect(findEpochFault(proposalOf(changed!, second, before.payouts))).toBeDefined();
        },
      ),
      { numRuns: 150 },
    );
  });

  it("finds a credit that is not what its receipt gives, though every sum agrees", () => {
    const drawn = fc.sample(receiptLists, { numRuns: 1, seed: 9 })[0]!;
    const receipts = receiptsOf(drawn);
    const cheaper = receipts.map((receipt) => ({ ...receipt, fee: receipt.fee / 2n }));

    const fault = findEpochFault(proposalOf(build(2n, cheaper, []), drawn, []));

    expect(fault?.proof.name).toBe("proveCreditAmount");
  });

  it("finds an account that was given what another earned, though every sum agrees", () => {
    const drawn = fc.sample(receiptLists, { numRuns: 1, seed: 10 })[0]!;
    const honest = epochOf(2n, drawn, []);
    let runningSum = 0n;
    const payouts = honest.payouts.map((payout, at) => {
      const cumulative = payout.cumulative + (at === 0 ? -1n : at === 1 ? 1n : 0n);
      runningSum += cumulative;
      return { ...payout, cumulative, runningSum };
    });

    const fault = findEpochFault(proposalOf({ ...honest, payouts }, drawn, []));

    expect(fault).toMatchObject({ kind: 4, proof: { name: "provePayout" } });
  });

  it("checks all but the sums by account when nobody has the pay-outs before", () => {
    const receipts = fc.sample(receiptLists, { numRuns: 1, seed: 7 })[0]!;
    const honest = epochOf(2n, receipts, []);
    const credits = honest.credits.map((credit, at) =>
      at === 0 ? { ...credit, running: credit.running + 1n } : credit,
    );

    expect(findEpochFault({ ...proposalOf(honest, receipts, []), previous: undefined })).toBeUndefined();
    expect(findEpochFault({ ...proposalOf({ ...honest, credits }, receipts, []), previous: undefined })?.kind).toBe(1);
  });

  it("judges no credit of a batch that nobody can read, but its place", () => {
    const receipts = fc.sample(receiptLists, { numRuns: 1, seed: 8 })[0]!;
    const honest = epochOf(2n, receipts, []);

    expect(findEpochFault({ ...proposalOf(honest, receipts, []), batch: () => undefined })).toBeUndefined();
    expect(findEpochFault({ ...proposalOf(honest, receipts, []), lastBatch: 5n, batch: () => undefined })?.kind).toBe(
      2,
    );
  });
});

type Drawn = { readonly fee: bigint; readonly before: bigint; readonly shares: Share[] };
type Lists = ReturnType<typeof buildEpoch>;

function contributorAt(number: number): Address {
  return getAddress(pad(toHex(number), { size: 20 }).replace("0x00", "0xee") as Address);
}

function receiptsOf(drawn: readonly Drawn[]): CreditedReceipt[] {
  return drawn.map(({ fee, before, shares }, at) => ({
    batch: BATCHES[Math.floor(at / PER_BATCH)]!,
    receiptIndex: at % PER_BATCH,
    cumulative: before + fee,
    fee,
    dataBps: DATA_BPS,
    shares,
  }));
}

function build(epoch: bigint, receipts: readonly CreditedReceipt[], previous: readonly Payout[]): Lists {
  return buildEpoch({ epoch, firstBatch: 4n, lastBatch: 6n, stream: STREAM, receipts, previous });
}

function epochOf(epoch: bigint, drawn: readonly Drawn[], previous: readonly Payout[]): Lists {
  return build(epoch, receiptsOf(drawn), previous);
}

function proposalOf(lists: Lists, drawn: readonly Drawn[], previous: readonly Payout[]): ProposedEpoch {
  const receipts = receiptsOf(drawn);
  const leaves = Array.from({ length: PER_BATCH }, (_, at) => leafHash(domainHash("Receipt"), Uint8Array.of(at)));
  const batch = (number: bigint): BatchOpening => ({
    header: headerOf(number),
    receiptCount: PER_BATCH,
    tree: new MerkleTree(domainHash("Receipt"), leaves),
    receipt: (index) => {
      const found = receipts.find((receipt) => receipt.batch === number && receipt.receiptIndex === index)!;
      return {
        receipt: found as unknown as Receipt,
        attribution: { shares: found.shares, recordsHash: pad("0x1"), methodHash: pad("0x2") },
        dataBps: DATA_BPS,
      };
    },
  });
  return { epoch: 2n, firstBatch: 4n, lastBatch: 6n, stream: STREAM, total: lists.total, lists, previous, batch };
}

/** What the chain says of a batch: the search hands it on as it is. */
function headerOf(number: bigint): BatchOpening {
  const receiptsRoot = pad("0x5");
  const settlementsHash = pad("0x6");
  const amounts = { amount: 10n, dataAmount: 4n };
  const batch = { number, runner: pad("0x7", { size: 20 }), settledAt: 8n, ...amounts, receiptsRoot, settlementsHash };
  return { batch, chainBefore: pad("0x9"), later: [] };
}

/** The lists with one number changed by one; undefined when that is no number of that kind. */
function change(lists: Lists, place: number, field: number, by: bigint): Lists | undefined {
  const creditAt = place % lists.credits.length;
  const payoutAt = place % lists.payouts.length;
  const withCredit = (edit: (credit: Credit) => Credit): Lists => ({
    ...lists,
    credits: lists.credits.map((credit, at) => (at === creditAt ? edit(credit) : credit)),
  });
  const withPayout = (edit: (payout: Payout) => Payout): Lists => ({
    ...lists,
    payouts: lists.payouts.map((payout, at) => (at === payoutAt ? edit(payout) : payout)),
  });
  const edits = [
    () => withCredit((credit) => ({ ...credit, amount: credit.amount + by })),
    () => withCredit((credit) => ({ ...credit, running: credit.running + by })),
    () => withCredit((credit) => ({ ...credit, batch: credit.batch + 10n })),
    () => withCredit((credit) => ({ ...credit, receiptIndex: credit.receiptIndex + 10 })),
    () => withCredit((credit) => ({ ...credit, contributor: contributorAt(50) })),
    () => withPayout((payout) => ({ ...payout, cumulative: payout.cumulative + by })),
    () => withPayout((payout) => ({ ...payout, runningSum: payout.runningSum + by })),
    () => ({ ...lists, total: lists.total + by }),
  ];
  const changed = edits[field]!();
  const all = [
    ...changed.credits.flatMap(({ amount, running }) => [amount, running]),
    ...changed.payouts.flatMap(({ cumulative, runningSum }) => [cumulative, runningSum]),
  ];
  return all.some((number) => number < 0n) || changed.total < 0n ? undefined : changed;
}
