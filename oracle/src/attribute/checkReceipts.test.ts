import {
  type AttributedReceipt,
  answerFee,
  attributionHash,
  attributionRecordsHash,
  type ChannelSettlement,
  compareReceipts,
  poolAccount,
  type Receipt,
  receiptTypedData,
  sharesHash,
} from "@openledger/sdk";
import { type Hex, pad } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { describe, expect, it } from "vitest";
import type { RegisteredModel } from "../store/ChainFacts.js";
import { checkReceipts } from "./checkReceipts.js";
import type { ReadBatch } from "./readBatchFile.js";

const runner = privateKeyToAccount(generatePrivateKey());
const domain = { chainId: 31_337, market: poolAccount(77n) };
const price = { perRequest: 10n, perPromptToken: 1n, perOutputToken: 2n };
const channels: readonly Hex[] = [pad("0xa1"), pad("0xa2")];
const shares = [{ account: poolAccount(1n), share: 65_536 }];
const methodHash = pad("0x33");
const model: RegisteredModel = {
  model: 2n,
  base: 1n,
  weightsRoot: pad("0x1"),
  programRoot: pad("0x70"),
  manifestHash: pad("0x2"),
  price,
  dataBps: 4000,
  versions: [{ datanet: 1n, version: 1 }],
};

describe("checkReceipts", () => {
  it("finds nothing wrong with receipts that chain from what was claimed to what is claimed", async () => {
    const { file, settlements } = await batch();

    expect(await faults(file, settlements)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it("believes none of a channel and model whose receipts do not follow each other", async () => {
    const { file, settlements } = await batch();
    const receipts = file.receipts.filter((_, at) => at !== 0);

    expect(await faults({ ...file, receipts }, settlements)).toEqual(["chain", undefined, undefined]);
  });

  it("believes none of them when they end elsewhere than the settlement", async () => {
    const { file, settlements } = await batch();
    const raised = settlements.map((settlement, at) => ({
      ...settlement,
      after: settlement.after + (at === 0 ? 1n : 0n),
    }));

    expect(await faults(file, raised)).toEqual(["chain", "chain", undefined, undefined]);
  });

  it("credits no receipt of an earlier batch a second time", async () => {
    const { file, settlements } = await batch();
    const later = settlements.map(({ after, ...rest }) => ({ ...rest, before: after, after: after + 1n }));

    expect(await faults(file, later)).toEqual(["chain", "chain", "chain", "chain"]);
  });

  it("credits no receipt of a channel that the batch did not settle", async () => {
    const { file, settlements } = await batch();

    expect(await faults(file, settlements.slice(1))).toEqual(["chain", "chain", undefined, undefined]);
  });

  it("disputes a receipt of a model that nobody registered", async () => {
    const { file, settlements } = await batch();

    const checked = await checkReceipts(file, { domain, settlements, models: new Map() });

    expect(checked.map(({ fault }) => fault?.check)).toEqual(["model", "model", "model", "model"]);
  });

  it("disputes a receipt whose price is more than any fee, which anyone can register", async () => {
    const { file, settlements } = await batch();
    const dear = { ...model, price: { ...price, perOutputToken: (1n << 96n) - 1n } };

    const checked = await checkReceipts(file, { domain, settlements, models: new Map([[model.model, dear]]) });

    expect(checked.map(({ fault }) => fault?.check)).toEqual(["fee", "fee", "fee", "fee"]);
  });

  it.each([
    ["fee", (receipt: Receipt) => ({ ...receipt, outputTokens: receipt.outputTokens + 1 })],
    ["program", (receipt: Receipt) => ({ ...receipt, programRoot: pad("0x71") })],
    ["attribution_hash", (receipt: Receipt) => ({ ...receipt, attributionHash: pad("0x72") })],
  ] as const)("disputes a receipt by its %s alone", async (check, change) => {
    const { file, settlements } = await batch((receipt, at) => (at === 1 ? change(receipt) : receipt));

    expect(await faults(file, settlements)).toEqual([undefined, check, undefined, undefined]);
  });

  it("disputes a receipt that somebody else signed", async () => {
    const { file, settlements } = await batch();
    const stranger = privateKeyToAccount(generatePrivateKey());
    const signature = await stranger.signTypedData(receiptTypedData(domain, file.receipts[2]!.receipt));
    const receipts = file.receipts.map((entry, at) => (at === 2 ? { ...entry, signature } : entry));

    expect(await faults({ ...file, receipts }, settlements)).toEqual([undefined, undefined, "signature", undefined]);
  });

  it("asks for nobody's signature of what was shown among all of its batch: the root binds it", async () => {
    const { file, settlements } = await batch();
    const receipts = file.receipts.map((entry) => ({ ...entry, signature: undefined }));

    expect(await faults({ ...file, receipts }, settlements)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it("disputes shares that are not whole", async () => {
    const { file, settlements } = await batch();
    const half = [{ account: poolAccount(1n), share: 32_768 }];
    const receipts = file.receipts.map((entry, at) => (at === 3 ? { ...entry, shares: half } : entry));

    expect(await faults({ ...file, receipts }, settlements)).toEqual([
      undefined,
      undefined,
      undefined,
      "attribution_hash",
    ]);
  });
});

async function faults(file: ReadBatch, settlements: readonly ChannelSettlement[]) {
  const checked = await checkReceipts(file, { domain, settlements, models: new Map([[model.model, model]]) });
  return checked.map(({ fault }) => fault?.check);
}

/** Two receipts in each of two channels, of which 1,000 was claimed before. */
async function batch(change: (receipt: Receipt, at: number) => Receipt = (receipt) => receipt) {
  const receipts: AttributedReceipt[] = [];
  const settlements: ChannelSettlement[] = [];
  for (const channel of channels) {
    let cumulative = 1000n;
    for (const nonce of [5n, 6n]) {
      const tokens = { promptTokens: 7, outputTokens: Number(nonce) };
      const fee = answerFee(price, tokens);
      cumulative += fee;
      receipts.push(
        await sign(
          change(
            {
              channel,
              model: model.model,
              nonce,
              cumulative,
              fee,
              ...tokens,
              requestHash: pad("0x4"),
              programRoot: model.programRoot,
              seed: pad("0x5"),
              outputHash: pad("0x6"),
              attributionHash: attributionHash({
                sharesHash: sharesHash(shares),
                recordsHash: attributionRecordsHash([]),
                methodHash,
              }),
            },
            receipts.length,
          ),
        ),
      );
    }
    settlements.push({ channel, model: model.model, before: 1000n, after: cumulative });
  }
  receipts.sort((a, b) => compareReceipts(a.receipt, b.receipt));
  return { file: { runner: runner.address, ...domain, receipts }, settlements };
}

async function sign(receipt: Receipt): Promise<AttributedReceipt> {
  const signature = await runner.signTypedData(receiptTypedData(domain, receipt));
  return { receipt, signature, shares, records: [], methodHash };
}
