import {
  type BatchProof,
  type ChannelSettlement,
  compareReceipts,
  disputeId,
  findBatchFault,
  findEquivocation,
  type JudgedBatch,
  juryCommitment,
  packSettlementList,
  type Receipt,
  receiptTree,
  receiptTypedData,
  receiptVerifierAbi,
  type SignedReceipt,
} from "@openledger/sdk";
import { encodeFunctionData, type Hex, keccak256, numberToHex, pad, stringToHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";

// What the SDK builds against false batches, for the contract to judge: test/unit/ReceiptVerifier/vectors.t.sol.

const MARKET = { chainId: 10, market: "0x00000000000000000000000000000000000aaaaa" } as const;
const SETTLED_AT = 1_800_000_000n;
/** Forge's `makeAddr("runner")`. */
const RUNNER = privateKeyToAccount(keccak256(stringToHex("runner")));
/** Those of test/fixture/CourtFixture.sol. */
const PRICES = new Map([
  [1n, { perRequest: 1000n, perPromptToken: 10n, perOutputToken: 20n }],
  [2n, { perRequest: 1n, perPromptToken: 0n, perOutputToken: 7n }],
]);

type Lists = { readonly receipts: readonly Receipt[]; readonly settlements: readonly ChannelSettlement[] };

/** Three answers of (1, 1), one of (1, 2), two of (2, 1). */
function honest(): Lists {
  const pairs = [
    [1, 1n, 3],
    [1, 2n, 1],
    [2, 1n, 2],
  ] as const;
  const receipts: Receipt[] = [];
  const settlements: ChannelSettlement[] = [];
  for (const [number, model, count] of pairs) {
    const channel = pad(numberToHex(number));
    let cumulative = 100n * BigInt(number);
    const before = cumulative;
    for (let nonce = 1; nonce <= count; nonce++) {
      const { perRequest, perPromptToken, perOutputToken } = PRICES.get(model)!;
      const fee = perRequest + 3n * perPromptToken + BigInt(nonce) * perOutputToken;
      cumulative += fee;
      const hash = keccak256(numberToHex(nonce));
      const hashes = { requestHash: hash, programRoot: hash, seed: hash, outputHash: hash, attributionHash: hash };
      const tokens = { promptTokens: 3, outputTokens: nonce };
      receipts.push({ channel, model, nonce: BigInt(nonce), cumulative, fee, ...tokens, ...hashes });
    }
    settlements.push({ channel, model, before, after: cumulative });
  }
  settlements.sort((a, b) => Number(a.model - b.model));
  return { receipts: receipts.sort(compareReceipts), settlements };
}

export async function courtDocument() {
  const { receipts, settlements } = honest();
  const edit = (index: number, change: Partial<Receipt>): readonly Receipt[] =>
    receipts.map((receipt, place) => (place === index ? { ...receipt, ...change } : receipt));
  const entry = (index: number, change: Partial<ChannelSettlement>): readonly ChannelSettlement[] =>
    settlements.map((settled, place) => (place === index ? { ...settled, ...change } : settled));
  const first = receipts[0]!;
  const last = receipts[5]!;
  const held = [await signed(last)];
  const without = receipts.filter((_, place) => place !== 2);

  const proofs = [
    row("fee of the second receipt", edit(1, { fee: receipts[1]!.fee + 1n }), settlements, []),
    row("receipts out of order", [receipts[1]!, first, ...receipts.slice(2)], settlements, []),
    row("unknown model", edit(5, { model: 9n }), settlements, []),
    row("first receipt starts elsewhere", receipts, entry(0, { before: 99n }), []),
    row("last receipt ends elsewhere", receipts, entry(1, { after: 1n << 90n }), []),
    row("inner pair starts elsewhere", receipts, entry(1, { before: 199n }), []),
    row("inner pair ends elsewhere", receipts, entry(2, { after: 999n }), []),
    row("receipt without settlement", receipts, settlements.slice(0, 2), []),
    row("settlement between receipts", receipts, [...settlements, uncovered(1)], []),
    row("settlement behind all receipts", receipts, [...settlements, uncovered(3)], []),
    row("no receipts", [], settlements, []),
    row("one of three receipts gone", without, settlements, []),
    row("another receipt at the nonce", edit(5, { seed: pad("0x77") }), settlements, held),
    row("a held receipt of a nonce that is not there", receipts, settlements, [await signed({ ...last, nonce: 9n })]),
  ];
  const twice = await Promise.all([signed(first), signed({ ...first, seed: pad("0x77") })]);
  return {
    proofs,
    equivocations: [{ call: encode(findEquivocation(MARKET, twice)!) }],
    commitments: commitments(),
    disputes: [
      { kind: "3", subject: pad("0x01"), offence: "20833", id: disputeId("downtime", pad("0x01"), 20_833n) },
      { kind: "1", subject: pad("0x07"), offence: "0", id: disputeId("licence", pad("0x07"), 0n) },
    ],
  };
}

function row(
  name: string,
  receipts: readonly Receipt[],
  settlements: readonly ChannelSettlement[],
  held: readonly SignedReceipt[],
) {
  const packed = packSettlementList(settlements);
  const amount = settlements.reduce((sum, { before, after }) => sum + after - before, 0n);
  const receiptsRoot = receiptTree(MARKET, receipts).root;
  const batch: JudgedBatch = {
    market: MARKET,
    opening: {
      batch: {
        number: 1n,
        runner: RUNNER.address,
        settledAt: SETTLED_AT,
        amount,
        dataAmount: 0n,
        receiptsRoot,
        settlementsHash: keccak256(packed),
      },
      chainBefore: pad("0x"),
      later: [],
    },
    receipts,
    settlements,
    priceOf: (model) => PRICES.get(model),
    held,
  };
  const fault = findBatchFault(batch);
  if (fault === undefined) throw new Error(`no fault: ${name}`);
  const kind = `${FAULTS.indexOf(fault.kind) + 1}`;
  return { name, amount: `${amount}`, receiptsRoot, settlements: packed, fault: kind, call: encode(fault.proof) };
}

/** In the order of the court's enum, from 1. */
const FAULTS = ["broken_chain", "false_edge", "unsettled", "uncovered", "false_fee", "omitted"];

/** Model 2, behind its only other settlement. */
function uncovered(channel: number): ChannelSettlement {
  return { channel: pad(numberToHex(channel)), model: channel === 1 ? 3n : 2n, before: 0n, after: 5n };
}

function encode(proof: BatchProof): Hex {
  return encodeFunctionData({ abi: receiptVerifierAbi, functionName: proof.name, args: proof.args } as never);
}

async function signed(receipt: Receipt): Promise<SignedReceipt> {
  return { receipt, signature: await RUNNER.signTypedData(receiptTypedData(MARKET, receipt)) };
}

function commitments() {
  const jury = "0x00000000000000000000000000000000000bbbbb";
  const juror = "0x00000000000000000000000000000000000ccccc";
  return (["uphold", "dismiss"] as const).flatMap((vote, v) =>
    ([1, 2] as const).map((round) => {
      const dispute = BigInt(round + 7 * v);
      const salt = keccak256(numberToHex(round + v));
      const commitment = juryCommitment({ chainId: 10, jury, dispute, round, juror, vote, salt });
      return { dispute: `${dispute}`, round: `${round}`, vote: `${v + 1}`, jury, juror, salt, commitment };
    }),
  );
}
