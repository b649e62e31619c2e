import fc from "fast-check";
import { type Address, getAddress, pad, toHex } from "viem";
import { describe, expect, it } from "vitest";
import { type Batch, batchHash, extendBatchChain } from "../hash/batch.js";
import { creditLeaf } from "../hash/credit.js";
import { payoutLeaf } from "../hash/payout.js";
import { poolAccount } from "../hash/poolAccount.js";
import type { Credit, Payout, Receipt, Share } from "../hash/types.js";
import { domainHash } from "../merkle/domain.js";
import { MerkleTree } from "../merkle/MerkleTree.js";
import { leafHash } from "../merkle/node.js";
import { verifyMerkleProof } from "../merkle/verifyMerkleProof.js";
import { verifyMerkleRange } from "../merkle/verifyMerkleRange.js";
import { receiptDataFee } from "../units/dueAmount.js";
import { belongsTo, type Membership } from "./belongsTo.js";
import { buildEpoch, type CreditedReceipt } from "./buildEpoch.js";
import type { CreditOpening, EpochFault, PayoutOpening } from "./EpochFault.js";
import type { BatchReceipts } from "./epochOpenings.js";
import { findEpochFault, type ProposedEpoch } from "./findEpochFault.js";
import { leafReveal } from "./leafReveal.js";
import { openBatch } from "./openBatch.js";
import { payoutClaim } from "./payoutClaim.js";
import { rangeClaim } from "./rangeClaim.js";
import { searchEpochFault } from "./searchEpochFault.js";

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

  it("makes claims of ranges, whose proofs hold", () => {
    fc.assert(
      fc.property(receiptLists, fc.nat(), fc.nat(), (receipts, from, many) => {
        const file = epochOf(1n, receipts, []);
        const first = from % file.payouts.length;
        const length = 1 + (many % (file.payouts.length - first));

        const { root, leaves, ...proof } = rangeClaim(file, first, length);

        const nodes = leaves.map((payout) => payoutLeaf(STREAM, payout));
        expect(leaves).toEqual(file.payouts.slice(first, first + length));
        expect(verifyMerkleRange(domainHash("Payout"), root, nodes, proof)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it("refuses ranges that the tree or the contract does not take", () => {
    const file = epochOf(1n, fc.sample(receiptLists, { numRuns: 1, seed: 4 })[0]!, []);

    expect(() => rangeClaim(file, 0, file.payouts.length + 1)).toThrow(/at least 0/);
    expect(() => rangeClaim(file, 0, 0)).toThrow(/at least 1/);
    expect(() => rangeClaim(file, 0, 257)).toThrow(/at most 256/);
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
  it("finds nothing in what buildEpoch makes, also when a receipt is kept back", () => {
    fc.assert(
      fc.property(receiptLists, receiptLists, fc.nat(8), (first, second, skipped) => {
        const before = epochOf(1n, first, []);
        const kept = receiptsOf(second).filter((_, at) => at !== skipped);
        const proposed = proposalOf(build(2n, kept, before.payouts), second, before.payouts);

        expect(findEpochFault({ ...proposed, belongs: (...place) => placeOf(...place) !== skipped })).toBeUndefined();
      }),
      { numRuns: 30 },
    );
  });

  it("finds the first share that has no credit, when a receipt is passed over that belongs", () => {
    fc.assert(
      fc.property(receiptLists, fc.nat(8), (drawn, skipped) => {
        const receipts = receiptsOf(drawn);
        fc.pre(receiptDataFee(receipts[skipped]!, DATA_BPS) > 0n);
        const lists = build(
          2n,
          receipts.filter((_, at) => at !== skipped),
          [],
        );

        const fault = findEpochFault(proposalOf(lists, drawn, []));

        expect(fault).toMatchObject({ kind: 3, batch: receipts[skipped]!.batch });
        expect(nameOf(fault)).toBe("proveMissingCredit");
      }),
      { numRuns: 30 },
    );
  });

  it("finds a credit of a receipt that does not belong", () => {
    const drawn = fc.sample(receiptLists, { numRuns: 1, seed: 11 })[0]!;
    const honest = epochOf(2n, drawn, []);
    const kept = placeOf(honest.credits[0]!.batch, honest.credits[0]!.receiptIndex);

    const fault = findEpochFault({
      ...proposalOf(honest, drawn, []),
      belongs: (...place) => placeOf(...place) !== kept,
    });

    expect(fault).toMatchObject({ kind: 2, proof: { name: "proveForeignCredit" } });
  });

  it("finds what lacks of a receipt that moved here from an earlier epoch", () => {
    const drawn = fc.sample(receiptLists, { numRuns: 1, seed: 12 })[0]!;
    const lists = build(2n, receiptsOf(drawn).slice(PER_BATCH), []);

    const fault = findEpochFault({
      ...proposalOf(lists, drawn, []),
      firstBatch: 5n,
      movedBatches: [4n],
      epochOf: (batch) => (batch < 5n ? 1n : 2n),
    });

    expect(fault).toMatchObject({ kind: 3, batch: 4n });
    expect((nameAndArgs(fault).args as unknown[])[3], "its own epoch").toBe(1n);
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

    expect(nameOf(fault)).toBe("proveCreditAmount");
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

describe("searchEpochFault", () => {
  it("finds the fault that a withheld list hides, by demands alone", () => {
    fc.assert(
      fc.property(
        receiptLists,
        receiptLists,
        fc.nat(),
        fc.integer({ min: 0, max: 7 }),
        fc.constantFrom(1n, -1n),
        fc.integer({ min: 1, max: 5 }),
        (first, second, place, field, by, width) => {
          const before = epochOf(1n, first, []);
          const honest = epochOf(2n, second, before.payouts);
          fc.pre(honest.credits.length > 0);
          const hidden = change(honest, place, field, by);
          fc.pre(hidden !== undefined);

          const { fault, rounds } = searchedIn(hidden!, honest, second, before.payouts, width);

          expect(fault).toBeDefined();
          expect(nameAndArgs(fault).args).toBeDefined();
          // The first answer tells how many leaves there are, the last shows the leaf that is false.
          expect(rounds).toBeLessThanOrEqual(2 + Math.ceil(6 / Math.floor(Math.log2(width + 1))));
        },
      ),
      { numRuns: 100 },
    );
  });

  it("finds a credit that was left out or put in, and a list that ends too early", () => {
    fc.assert(
      fc.property(receiptLists, fc.nat(), fc.constantFrom("drop", "cut", "add"), (drawn, place, how) => {
        const honest = epochOf(2n, drawn, []);
        fc.pre(honest.credits.length > 1);
        const at = place % honest.credits.length;
        const extra: Credit = { ...honest.credits[at]!, contributor: contributorAt(60), running: 1n, amount: 1n };
        const credits = {
          drop: honest.credits.filter((_, index) => index !== at),
          cut: honest.credits.slice(0, at),
          add: [...honest.credits, extra],
        }[how];

        const { fault } = searchedIn({ ...honest, credits }, honest, drawn, [], 3);

        expect(fault).toBeDefined();
        expect([1, 2, 3]).toContain(fault!.kind);
      }),
      { numRuns: 60 },
    );
  });

  it("finds nothing in the true lists, and what a false total leaves", () => {
    const drawn = fc.sample(receiptLists, { numRuns: 1, seed: 21 })[0]!;
    const honest = epochOf(2n, drawn, []);

    expect(searchedIn(honest, honest, drawn, [], 4)).toEqual({ fault: undefined, rounds: 0 });
    expect(searchedIn({ ...honest, total: honest.total + 1n }, honest, drawn, [], 4).fault?.kind).toBe(6);
  });

  it("waits for leaves that were demanded", () => {
    const drawn = fc.sample(receiptLists, { numRuns: 1, seed: 22 })[0]!;
    const honest = epochOf(2n, drawn, []);
    const nothing = { leaves: new Map(), count: undefined };

    const step = searchEpochFault({
      epoch: proposalOf(honest, drawn, []),
      creditsRoot: pad("0x1"),
      payoutsRoot: pad("0x2"),
      credits: nothing,
      payouts: nothing,
      isDemanded: () => true,
      width: 3,
    });

    expect(step).toEqual({ kind: "demand", tree: "credits", indices: [] });
  });
});

/** Searches as a watcher does: each demand is answered out of the hidden lists. */
function searchedIn(hidden: Lists, honest: Lists, drawn: readonly Drawn[], previous: readonly Payout[], width: number) {
  const trees = {
    credits: new MerkleTree(domainHash("Credit"), hidden.credits.map(creditLeaf)),
    payouts: new MerkleTree(
      domainHash("Payout"),
      hidden.payouts.map((payout) => payoutLeaf(STREAM, payout)),
    ),
  };
  const credits = { leaves: new Map<bigint, CreditOpening>(), count: undefined as bigint | undefined };
  const payouts = { leaves: new Map<bigint, PayoutOpening>(), count: undefined as bigint | undefined };
  for (let rounds = 0; ; rounds++) {
    const step = searchEpochFault({
      epoch: { ...proposalOf(honest, drawn, previous), total: hidden.total },
      creditsRoot: trees.credits.root,
      payoutsRoot: trees.payouts.root,
      credits,
      payouts,
      isDemanded: () => false,
      width,
    });
    if (step.kind !== "demand") return { fault: step.kind === "fault" ? step.fault : undefined, rounds };
    if (step.indices.length === 0) throw new Error("nothing more to demand");
    for (const index of step.indices) {
      const { name, args } = leafReveal(hidden, { proposal: 1n, tree: step.tree, index });
      if (name === "revealCredit") credits.leaves.set(index, args[1]);
      if (name === "revealPayout") payouts.leaves.set(index, args[1]);
      if (name === "revealAbsence") (step.tree === "credits" ? credits : payouts).count = args[3];
    }
  }
}

describe("belongsTo", () => {
  const [open, cleared, struck, none] = ["open", "cleared", "struck", "none"] as const;
  const own = { epoch: 2n, ownEpoch: 2n, asOf: 200n, previousAsOf: 100n, ownAsOf: 200n };
  const moved = { epoch: 2n, ownEpoch: 1n, asOf: 200n, previousAsOf: 100n, ownAsOf: 100n };
  // State, opened, closed, voided: whether it belongs to its own epoch, and to the one after.
  it.each([
    [none, 0n, 0n, 0n, true, false],
    [open, 200n, 0n, 0n, false, false],
    [open, 201n, 0n, 0n, true, false],
    [struck, 201n, 202n, 0n, true, false],
    [struck, 100n, 101n, 0n, false, false],
    [cleared, 199n, 200n, 0n, true, false],
    [cleared, 199n, 201n, 0n, false, false],
    [cleared, 90n, 100n, 0n, true, false],
    [cleared, 100n, 101n, 0n, true, true],
    [cleared, 100n, 200n, 0n, true, true],
    [cleared, 100n, 201n, 0n, false, false],
    // Opened once its fee was reckoned: to clear it does not pay it again.
    [cleared, 101n, 102n, 0n, true, false],
    [cleared, 100n, 101n, 200n, false, false],
    [cleared, 100n, 101n, 201n, true, true],
  ])(
    "%s from %i to %i, void at %i: %s in its own epoch, %s in the next",
    (state, openedAt, closedAt, voidedAt, a, b) => {
      const facts: Pick<Membership, "case" | "voidedAt"> = { case: { state, openedAt, closedAt }, voidedAt };

      expect(belongsTo({ ...own, ...facts })).toBe(a);
      expect(belongsTo({ ...moved, ...facts })).toBe(b);
    },
  );
});

describe("openBatch", () => {
  const header = (number: bigint): Batch => ({
    number,
    runner: contributorAt(1),
    settledAt: 1000n + number,
    amount: 10n,
    dataAmount: 4n,
    receiptsRoot: pad("0x1"),
    settlementsHash: pad("0x2"),
  });

  it("leads from each header of a run to its pinned end", () => {
    const headers = [5n, 6n, 7n, 8n].map(header);
    const chainBefore = pad("0x9");
    const pinned = headers.map(batchHash).reduce(extendBatchChain, chainBefore);

    for (const { number } of headers) {
      const opening = openBatch({ chainBefore, headers }, number);

      expect(opening.batch.number).toBe(number);
      expect(
        opening.later.reduce(extendBatchChain, extendBatchChain(opening.chainBefore, batchHash(opening.batch))),
      ).toBe(pinned);
    }
    expect(() => openBatch({ chainBefore, headers }, 9n)).toThrow(/a batch of the run/);
  });
});

describe("leafReveal", () => {
  it("shows the leaf that is demanded, or how many there are", () => {
    const file = epochOf(1n, fc.sample(receiptLists, { numRuns: 1, seed: 5 })[0]!, []);
    const count = BigInt(file.credits.length);

    const credit = leafReveal(file, { proposal: 7n, tree: "credits", index: 1n });
    const payout = leafReveal(file, { proposal: 7n, tree: "payouts", index: 0n });
    const absent = leafReveal(file, { proposal: 7n, tree: "credits", index: count });

    expect(credit).toMatchObject({ name: "revealCredit", args: [7n, { credit: file.credits[1], index: 1n, count }] });
    expect(payout).toMatchObject({ name: "revealPayout", args: [7n, { payout: file.payouts[0], index: 0n }] });
    const top = new MerkleTree(domainHash("Credit"), file.credits.map(creditLeaf)).top;
    expect(absent).toEqual({ name: "revealAbsence", args: [7n, 0, count, count, top] });
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
  const batch = (number: bigint): BatchReceipts => ({
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
  const range = { epoch: 2n, firstBatch: 4n, lastBatch: 6n, stream: STREAM, total: lists.total };
  const membership = { belongs: () => true, epochOf: () => 2n, movedBatches: [] };
  return { ...range, ...membership, lists, previous, batch };
}

/** Place of a receipt among the drawn ones. */
function placeOf(batch: bigint, receiptIndex: number): number {
  return BATCHES.indexOf(batch) * PER_BATCH + receiptIndex;
}

function nameAndArgs(fault: EpochFault | undefined): { readonly name: string; readonly args: unknown } {
  if (fault === undefined) throw new Error("no fault was found");
  if ("proof" in fault) return fault.proof;
  const batch = { number: fault.batch } as Batch;
  return fault.proofBy({ batch, chainBefore: pad("0x0"), later: [] });
}

function nameOf(fault: EpochFault | undefined): string {
  return nameAndArgs(fault).name;
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
