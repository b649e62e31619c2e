/**
 * What can be said of a batch's receipts from the chain and the batch's file alone.
 *
 * A channel's receipts for one model must chain: the first starts at what was claimed before the batch, each follows its
 * neighbour, the last ends at what the batch claimed. Else more could be credited than was paid, or one receipt twice;
 * as it cannot be said which of them is the false one, none of that channel and model is believed.
 */
import {
  answerFee,
  attributionHash,
  attributionRecordsHash,
  type ChannelSettlement,
  committedRecordsHash,
  committedSharesHash,
  InvalidValueError,
  type MarketDomain,
  receiptHash,
  sharesHash,
} from "@openledger/sdk";
import { type Hex, isAddressEqual, recoverAddress } from "viem";
import type { RegisteredModel } from "../store/ChainFacts.js";
import type { ReceiptFault } from "./ReceiptFault.js";
import type { ReadBatch, ReadReceipt } from "./readBatchFile.js";

export interface BatchFacts {
  readonly domain: MarketDomain;
  readonly settlements: readonly ChannelSettlement[];
  /** Every model that the file names and the registry knows. */
  readonly models: ReadonlyMap<bigint, RegisteredModel>;
}

export interface CheckedReceipt {
  readonly hash: Hex;
  readonly entry: ReadReceipt;
  readonly fault: ReceiptFault | undefined;
}

/** One result a receipt, in the file's order. */
export async function checkReceipts(file: ReadBatch, facts: BatchFacts): Promise<readonly CheckedReceipt[]> {
  const broken = brokenChains(file.receipts, facts.settlements);
  return Promise.all(
    file.receipts.map(async (entry) => {
      const hash = receiptHash(facts.domain, entry.receipt);
      const fault =
        broken.get(chainKey(entry.receipt)) ??
        checkTerms(entry, facts.models.get(entry.receipt.model)) ??
        checkCommitment(entry) ??
        (await checkSignature(file, entry, hash));
      return { hash, entry, fault };
    }),
  );
}

/** The fault of each (channel, model) whose receipts do not chain. */
function brokenChains(
  receipts: readonly ReadReceipt[],
  settlements: readonly ChannelSettlement[],
): ReadonlyMap<string, ReceiptFault> {
  const settled = new Map(settlements.map((settlement) => [chainKey(settlement), settlement]));
  const reached = new Map<string, bigint>();
  const broken = new Map<string, ReceiptFault>();
  for (const { receipt } of receipts) {
    const key = chainKey(receipt);
    const start = reached.get(key) ?? settled.get(key)?.before;
    reached.set(key, receipt.cumulative);
    if (start === undefined) {
      broken.set(key, { check: "chain", asked: "a settlement of this channel and model", found: "none in the batch" });
    } else if (receipt.cumulative - receipt.fee !== start && !broken.has(key)) {
      broken.set(key, {
        check: "chain",
        asked: `nonce ${receipt.nonce} to start at ${start}`,
        found: `it starts at ${receipt.cumulative - receipt.fee}`,
      });
    }
  }
  for (const [key, { after }] of settled) {
    const end = reached.get(key);
    if (end === undefined || end === after || broken.has(key)) continue;
    broken.set(key, { check: "chain", asked: `the last receipt to end at ${after}`, found: `it ends at ${end}` });
  }
  return broken;
}

function checkTerms({ receipt }: ReadReceipt, model: RegisteredModel | undefined): ReceiptFault | undefined {
  if (model === undefined) return { check: "model", asked: `model ${receipt.model}`, found: "no such model" };
  if (receipt.programRoot !== model.programRoot) {
    return { check: "program", asked: model.programRoot, found: receipt.programRoot };
  }
  const fee = priceOf(receipt, model);
  return receipt.fee === fee
    ? undefined
    : { check: "fee", asked: `${fee ?? "less than 2^96"}`, found: `${receipt.fee}` };
}

/** Undefined when price times tokens is more than any fee can be: anyone may register such a price. */
function priceOf(receipt: ReadReceipt["receipt"], model: RegisteredModel): bigint | undefined {
  try {
    return answerFee(model.price, receipt);
  } catch (error) {
    if (error instanceof InvalidValueError) return undefined;
    throw error;
  }
}

/** The lists must be the ones that the runner signed, and those must be lists that an attribution can have. */
function checkCommitment(entry: ReadReceipt): ReceiptFault | undefined {
  const { receipt, shares, records, methodHash } = entry;
  const asked = receipt.attributionHash;
  const recordsHash = entry.recordsHash ?? committedRecordsHash(records);
  const found = attributionHash({ sharesHash: committedSharesHash(shares), recordsHash, methodHash });
  if (found !== asked) return { check: "attribution_hash", asked, found };
  try {
    sharesHash(shares);
    attributionRecordsHash(records);
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { check: "shares", asked: "lists that an attribution can have", found: message };
  }
}

/** Of a batch that was shown whole no signatures are: its runner settled the root that binds the receipts. */
async function checkSignature(
  file: ReadBatch,
  { signature }: ReadReceipt,
  hash: Hex,
): Promise<ReceiptFault | undefined> {
  if (signature === undefined) return undefined;
  const signer = await recoverAddress({ hash, signature }).catch(() => undefined);
  if (signer !== undefined && isAddressEqual(signer, file.runner)) return undefined;
  return { check: "signature", asked: file.runner, found: signer ?? "no signature" };
}

function chainKey({ channel, model }: { readonly channel: Hex; readonly model: bigint }): string {
  return `${channel.toLowerCase()}/${model}`;
}
