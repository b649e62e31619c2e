import fc from "fast-check";
import { type Hex, keccak256, numberToHex, pad } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { describe, expect, it } from "vitest";
import type { Batch, ChannelSettlement } from "../hash/batch.js";
import { receiptTypedData } from "../hash/typedData.js";
import type { Receipt } from "../hash/types.js";
import { compareReceipts, receiptTree } from "../wire/batchFile.js";
import { packSettlementList, readSettlementList } from "../wire/settlementList.js";
import type { SignedReceipt } from "./BatchFault.js";
import { findBatchFault, type JudgedBatch } from "./findBatchFault.js";
import { findEquivocation } from "./findEquivocation.js";

const MARKET = { chainId: 10, market: "0x00000000000000000000000000000000000000aa" } as const;
const RUNNER = privateKeyToAccount(keccak256("0x01"));
const PRICES = new Map([
  [1n, { perRequest: 1000n, perPromptToken: 10n, perOutputToken: 20n }],
  [2n, { perRequest: 1n, perPromptToken: 0n, perOutputToken: 7n }],
  [3n, { perRequest: 0n, perPromptToken: 0n, perOutputToken: 0n }],
]);

const answers = fc.array(
  fc.record({
    channel: fc.constantFrom(1, 2, 3),
    model: fc.constantFrom(1n, 2n, 3n),
    promptTokens: fc.nat(9),
    outputTokens: fc.nat(9),
  }),
  { minLength: 1, maxLength: 9 },
);

describe("findBatchFault", () => {
  it("finds nothing in an honest batch, whoever holds which of its receipts", () => {
    fc.assert(
      fc.property(answers, (drawn) => {
        const { receipts, settlements } = honest(drawn);
        const held = receipts.map((receipt) => ({ receipt, signature: "0x00" as Hex }));

        expect(findBatchFault(batchOf(receipts, settlements, held))).toBeUndefined();
      }),
      { numRuns: 40 },
    );
  });

  it("finds a fault wherever one thing is changed that is not for nothing", () => {
    fc.assert(
      fc.property(answers, fc.nat(), fc.constantFrom(...Object.keys(EDITS)), (drawn, at, edit) => {
        const lists = honest(drawn);
        const paid = lists.receipts.filter(({ fee }) => fee > 0n);
        fc.pre(paid.length > 0);
        const index = lists.receipts.indexOf(paid[at % paid.length]!);
        const { receipts, settlements } = EDITS[edit]!(lists, index, at);

        expect(findBatchFault(batchOf(receipts, settlements, []))).toBeDefined();
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    ["fee", "broken_chain", "proveNeighbours"],
    ["swapped", "broken_chain", "proveNeighbours"],
    ["doubled", "broken_chain", "proveNeighbours"],
    ["before", "false_edge", "proveEdge"],
    ["unsettled", "unsettled", "proveUnsettled"],
    ["uncovered", "uncovered", "proveUncovered"],
    ["unknown", "false_fee", "proveFee"],
  ])("names a batch with %s a %s and shows it by %s", (edit, kind, name) => {
    const answer = { channel: 1, model: 1n, promptTokens: 1, outputTokens: 1 };
    const lists = honest([answer, answer, answer]);
    const { receipts, settlements } = EDITS[edit]!(lists, { fee: 1, unknown: 2 }[edit] ?? 0, 0);

    expect(findBatchFault(batchOf(receipts, settlements, []))).toMatchObject({ kind, proof: { name } });
  });

  it("shows the edges of inner pairs by their neighbours", () => {
    const { receipts, settlements } = honest([
      { channel: 1, model: 1n, promptTokens: 1, outputTokens: 1 },
      { channel: 2, model: 1n, promptTokens: 1, outputTokens: 1 },
    ]);
    const [first, second] = [settlements[0]!, settlements[1]!];

    const early = findBatchFault(batchOf(receipts, [first, { ...second, before: 1n }], []));
    const short = findBatchFault(batchOf(receipts, [{ ...first, after: 1n }, second], []));

    expect(early?.proof.name).toBe("proveBoundary");
    expect(short?.proof.name).toBe("proveBoundary");
  });

  it("finds a receipt that its holder misses, gone or replaced", async () => {
    const answer = { channel: 1, model: 1n, promptTokens: 1, outputTokens: 1 };
    const { receipts, settlements } = honest([answer, answer]);
    const [first, last] = [receipts[0]!, receipts[1]!];
    const held = [await signed(last)];
    const another = { ...last, outputHash: pad("0x99") };
    const whole = [{ ...first, cumulative: last.cumulative, fee: last.cumulative }];

    expect(findBatchFault(batchOf([first, another], settlements, held))).toMatchObject({
      kind: "omitted",
      proof: {
        name: "proveOmitted",
        args: [{}, "0x".concat(packSettlementList(settlements).slice(2)), last, {}, [{}]],
      },
    });
    // the price tells first of a receipt that covers two
    expect(findBatchFault(batchOf(whole, settlements, held))?.kind).toBe("false_fee");
    expect(findBatchFault(batchOf([], settlements, held))?.kind).toBe("uncovered");
  });

  it("misses nothing that was not settled yet, or cost nothing", async () => {
    const answer = { channel: 1, model: 1n, promptTokens: 1, outputTokens: 1 };
    const { receipts, settlements } = honest([answer]);
    const next = { ...receipts[0]!, nonce: 2n, cumulative: receipts[0]!.cumulative + receipts[0]!.fee };
    const free = { ...receipts[0]!, nonce: 3n, fee: 0n };
    const held = [await signed(next), await signed(free)];

    expect(findBatchFault(batchOf(receipts, settlements, held))).toBeUndefined();
  });

  it("refuses lists that are not the batch's", () => {
    const { receipts, settlements } = honest([{ channel: 1, model: 1n, promptTokens: 1, outputTokens: 1 }]);
    const batch = batchOf(receipts, settlements, []);

    expect(() => findBatchFault({ ...batch, receipts: [] })).toThrow("receipts");
    expect(() => findBatchFault({ ...batch, settlements: [] })).toThrow("settlements");
  });
});

describe("findEquivocation", () => {
  it("finds two receipts for one nonce and no others", async () => {
    const answer = { channel: 1, model: 1n, promptTokens: 1, outputTokens: 1 };
    const { receipts } = honest([answer, answer]);
    const [first, second] = [await signed(receipts[0]!), await signed(receipts[1]!)];
    const other = await signed({ ...receipts[0]!, seed: pad("0x07") });

    expect(findEquivocation(MARKET, [first, second, first])).toBeUndefined();
    expect(findEquivocation(MARKET, [first, second, other])).toEqual({
      name: "proveEquivocation",
      args: [first.receipt, first.signature, other.receipt, other.signature],
    });
  });
});

describe("a settlement list", () => {
  it("is read as it was written", () => {
    fc.assert(
      fc.property(answers, (drawn) => {
        const { settlements } = honest(drawn);

        expect(readSettlementList(packSettlementList(settlements))).toEqual(settlements);
      }),
      { numRuns: 20 },
    );
  });

  it("is a whole number of entries", () => {
    expect(() => readSettlementList("0x00")).toThrow("settlements");
  });
});

type Lists = { readonly receipts: readonly Receipt[]; readonly settlements: readonly ChannelSettlement[] };
type Drawn = {
  readonly channel: number;
  readonly model: bigint;
  readonly promptTokens: number;
  readonly outputTokens: number;
};

const EDITS: Readonly<Record<string, (lists: Lists, index: number, at: number) => Lists>> = {
  fee: (lists, index) => withReceipt(lists, index, ({ fee }) => ({ fee: fee + 1n })),
  cumulative: (lists, index) => withReceipt(lists, index, ({ cumulative }) => ({ cumulative: cumulative + 1n })),
  unknown: (lists, index) => withReceipt(lists, index, () => ({ model: 99n })),
  doubled: ({ receipts, settlements }, index) => ({
    receipts: receipts.flatMap((receipt, place) => (place === index ? [receipt, receipt] : [receipt])),
    settlements,
  }),
  missing: ({ receipts, settlements }, index) => ({
    receipts: receipts.filter((_, place) => place !== index),
    settlements,
  }),
  swapped: ({ receipts, settlements }, index) => ({
    receipts: receipts
      .map((_, place) => receipts[swap(place, index, receipts.length)]!)
      .slice(receipts.length < 2 ? 1 : 0),
    settlements,
  }),
  before: ({ receipts, settlements }, _, at) => ({
    receipts,
    settlements: settlements.map((entry, place) =>
      place === at % settlements.length ? { ...entry, before: entry.before + 1n } : entry,
    ),
  }),
  unsettled: ({ receipts, settlements }, _, at) => ({
    receipts,
    settlements: settlements.filter((__, place) => place !== at % settlements.length),
  }),
  uncovered: ({ receipts, settlements }) => ({
    receipts,
    settlements: [...settlements, { channel: pad("0x02"), model: 98n, before: 0n, after: 5n }],
  }),
};

/** Index and its neighbour change places. */
function swap(place: number, index: number, length: number): number {
  const other = index + 1 < length ? index + 1 : index - 1;
  return place === index ? other : place === other ? index : place;
}

function withReceipt({ receipts, settlements }: Lists, index: number, edit: (r: Receipt) => Partial<Receipt>): Lists {
  return {
    receipts: receipts.map((receipt, place) => (place === index ? { ...receipt, ...edit(receipt) } : receipt)),
    settlements,
  };
}

/** What an honest runner settles of these answers: nothing was settled before. */
function honest(drawn: readonly Drawn[]): Lists {
  const done = new Map<string, { nonce: bigint; cumulative: bigint; entry: ChannelSettlement }>();
  const receipts = drawn.map((answer): Receipt => {
    const channel = pad(numberToHex(answer.channel));
    const key = `${channel}:${answer.model}`;
    const before = done.get(key) ?? { nonce: 0n, cumulative: 0n };
    const price = PRICES.get(answer.model)!;
    const fee =
      price.perRequest +
      BigInt(answer.promptTokens) * price.perPromptToken +
      BigInt(answer.outputTokens) * price.perOutputToken;
    const [nonce, cumulative] = [before.nonce + 1n, before.cumulative + fee];
    const entry = { channel, model: answer.model, before: 0n, after: cumulative };
    done.set(key, { nonce, cumulative, entry });
    const hash = pad(numberToHex(nonce));
    const hashes = { requestHash: hash, programRoot: hash, seed: hash, outputHash: hash, attributionHash: hash };
    const { model, promptTokens, outputTokens } = answer;
    return { channel, model, nonce, cumulative, fee, promptTokens, outputTokens, ...hashes };
  });
  const settlements = [...done.values()]
    .map(({ entry }) => entry)
    .filter(({ after }) => after > 0n)
    .sort((a, b) => (a.model !== b.model ? (a.model < b.model ? -1 : 1) : a.channel < b.channel ? -1 : 1));
  return { receipts: receipts.sort(compareReceipts), settlements };
}

function batchOf(
  receipts: readonly Receipt[],
  settlements: readonly ChannelSettlement[],
  held: readonly SignedReceipt[],
): JudgedBatch {
  const batch: Batch = {
    number: 1n,
    runner: RUNNER.address,
    settledAt: 1n,
    amount: 0n,
    dataAmount: 0n,
    receiptsRoot: receiptTree(MARKET, receipts).root,
    settlementsHash: keccak256(packSettlementList(settlements)),
  };
  const opening = { batch, chainBefore: pad("0x"), later: [] };
  return { market: MARKET, opening, receipts, settlements, priceOf: (model) => PRICES.get(model), held };
}

async function signed(receipt: Receipt): Promise<SignedReceipt> {
  return { receipt, signature: await RUNNER.signTypedData(receiptTypedData(MARKET, receipt)) };
}
