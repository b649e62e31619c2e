import {
  type AttributedReceipt,
  attributionHash,
  committedRecordsHash,
  committedSharesHash,
  dueAmount,
  query,
  readRevenueAt,
  readVoidedAt,
  receiptDataFee,
  receiptHash,
} from "@openledger/sdk";
import { type Address, isAddressEqual } from "viem";
import type { Connection } from "../connect.js";
import type { CheckList } from "../trace/CheckList.js";
import { type CheckedBatch, checkBatch } from "../trace/checkBatch.js";
import type { EarnedReceipt } from "./Earnings.js";

/** A receipt and what it gives the account by its shares, base units. */
export type DueReceipt = Omit<EarnedReceipt, "amount"> & { readonly due: bigint };

/** Receipts as an account's earnings need them, out of files that were held against the chain. One batch is kept in memory. */
export class EarnedReceipts {
  #kept: { readonly number: bigint; readonly batch: Promise<CheckedBatch | undefined> } | undefined;
  readonly #voidedAt = new Map<bigint, bigint | undefined>();
  readonly #dataBps = new Map<string, number | undefined>();

  constructor(
    private readonly connection: Connection,
    private readonly checks: CheckList,
    private readonly account: Address,
  ) {}

  /** Undefined where it is not to be had; what is wrong is a failed check then. */
  async at(batch: bigint, receiptIndex: number): Promise<DueReceipt | undefined> {
    const checked = await this.#open(batch, () => query.receiptBatch(this.connection.graph, batch));
    if (checked === undefined) return undefined;
    const entry = checked.file.receipts[receiptIndex];
    if (entry !== undefined) return this.#due(batch, receiptIndex, entry, checked.settledAt);
    const detail = `the batch has ${checked.file.receipts.length} receipts`;
    this.checks.holds("receipt", nameOf(batch, receiptIndex), false, detail);
    return undefined;
  }

  /** Those of a batch that give the account something, the last first. */
  async of(batch: query.IndexedBatch): Promise<readonly DueReceipt[]> {
    const { number } = batch;
    const checked = await this.#open(number, async () => batch);
    const found: DueReceipt[] = [];
    for (const [index, entry] of checked?.file.receipts.entries() ?? []) {
      if (shareOf(entry, this.account) === undefined) continue;
      const receipt = await this.#due(number, index, entry, checked!.settledAt);
      if (receipt !== undefined && receipt.due > 0n) found.unshift(receipt);
    }
    return found;
  }

  /** Timestamp at which a batch was voided, 0 while it stands; undefined, and a check failed, where the chain does not tell. */
  async voidedAt(batch: bigint): Promise<bigint | undefined> {
    if (!this.#voidedAt.has(batch)) {
      const { reader } = this.connection;
      const found = await this.checks.attempt("voided", `batch ${batch}`, () => readVoidedAt(reader, batch));
      this.#voidedAt.set(batch, found);
    }
    return this.#voidedAt.get(batch);
  }

  #open(number: bigint, find: () => Promise<query.IndexedBatch | null>): Promise<CheckedBatch | undefined> {
    if (this.#kept?.number !== number) this.#kept = { number, batch: this.#check(number, find) };
    return this.#kept.batch;
  }

  async #check(number: bigint, find: () => Promise<query.IndexedBatch | null>): Promise<CheckedBatch | undefined> {
    const subject = `batch ${number}`;
    const batch = await this.checks.attempt("batch_indexed", subject, find);
    if (batch === undefined) return undefined;
    if (batch === null) {
      this.checks.holds("batch_indexed", subject, false, "the index does not know it");
      return undefined;
    }
    const checked = await checkBatch(this.connection, this.checks, batch);
    return checked?.tree.root === checked?.root ? checked : undefined;
  }

  async #due(
    batch: bigint,
    receiptIndex: number,
    entry: AttributedReceipt,
    settledAt: bigint,
  ): Promise<DueReceipt | undefined> {
    const { receipt, shares, records, methodHash } = entry;
    const subject = nameOf(batch, receiptIndex);
    const sharesHash = committedSharesHash(shares);
    const committed = attributionHash({ sharesHash, recordsHash: committedRecordsHash(records), methodHash });
    if (!this.checks.equal("attribution_hash", subject, committed, receipt.attributionHash)) return undefined;
    const dataBps = await this.#dataBpsOf(batch, receipt.model, settledAt);
    return {
      batch: `${batch}`,
      receiptIndex,
      receiptHash: receiptHash(this.connection.domain, receipt),
      model: `${receipt.model}`,
      share: shareOf(entry, this.account) ?? 0,
      due: dueAmount(shares, this.account, receiptDataFee(receipt, dataBps)),
    };
  }

  /** The model's part for data when the batch was settled; undefined where the chain does not tell. */
  async #dataBpsOf(batch: bigint, model: bigint, settledAt: bigint): Promise<number | undefined> {
    const key = `${batch}/${model}`;
    if (!this.#dataBps.has(key)) {
      const { reader } = this.connection;
      const revenue = await this.checks.attempt("revenue", `model ${model} at batch ${batch}`, () =>
        readRevenueAt(reader, model, settledAt),
      );
      this.#dataBps.set(key, revenue?.dataBps);
    }
    return this.#dataBps.get(key);
  }
}

export function nameOf(batch: bigint, receiptIndex: number): string {
  return `receipt ${receiptIndex} of batch ${batch}`;
}

function shareOf({ shares }: AttributedReceipt, account: Address): number | undefined {
  return shares.find((one) => isAddressEqual(one.account, account))?.share;
}
