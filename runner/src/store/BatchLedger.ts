/**
 * Batches and the outbox of their transactions.
 *
 * STATES of a batch: `open` (stored; on its way to the chain) → `settled` (its event is on the chain) or `abandoned`
 * (the market refuses it; its receipts go into another). A reorganisation turns `settled` back to `open`.
 */
import type { Hex } from "viem";
import type { Unsettled } from "../settle/planBatch.js";
import type { Database, Row } from "./Database.js";
import { type ReceiptRow, receiptOf } from "./receiptRows.js";
import type { StoredReceipt } from "./StoredReceipt.js";

export interface NewBatch {
  readonly receiptsRoot: Hex;
  readonly dataHash: Hex;
  readonly rows: Hex;
  readonly configCode: number;
  readonly amount: bigint;
  /** Blocks before this one cannot hold the batch. */
  readonly fromBlock: bigint;
  readonly receipts: readonly Hex[];
}

export interface OpenBatch {
  /** Its number in this database. */
  readonly id: bigint;
  readonly receiptsRoot: Hex;
  readonly dataHash: Hex;
  readonly rows: Hex;
  readonly configCode: number;
  readonly receiptCount: number;
  readonly amount: bigint;
  readonly fromBlock: bigint;
  /** Newest first. */
  readonly transactions: readonly OutboxTransaction[];
}

export interface OutboxTransaction {
  readonly hash: Hex;
  readonly accountNonce: number;
  /** Signed and serialised. */
  readonly raw: Hex;
}

/** Where a batch stands on the chain. */
export interface BatchPlace {
  readonly batch: bigint;
  readonly transaction: Hex;
  readonly block: bigint;
  readonly blockHash: Hex;
}

interface UnsettledRow extends ReceiptRow {
  readonly cap: string;
  readonly deadline: string;
  readonly voucher_signature: Hex;
}

interface BatchRow extends Row {
  readonly batch: string;
  readonly receipts_root: Hex;
  readonly data_hash: Hex;
  readonly rows: Hex;
  readonly config_code: number;
  readonly receipt_count: number;
  readonly amount: string;
  readonly from_block: string;
}

export type UnsettledReceipt = Unsettled & { readonly stored: StoredReceipt };

export class BatchLedger {
  constructor(private readonly database: Database) {}

  /** Receipts in no batch, at most `limit`, in the order they were signed. */
  async unsettled(limit: number): Promise<readonly UnsettledReceipt[]> {
    // The oldest of a (channel, model) come first by their nonce: no group has a gap at its start.
    const rows = await this.database.query<UnsettledRow>(
      `select receipts.*, requests.cumulative_cap as cap, requests.deadline, requests.signature as voucher_signature
       from receipts join requests using (digest) where batch is null order by signed_at, receipts.nonce limit $1`,
      [limit],
    );
    return rows.map((row) => {
      const stored = receiptOf(row);
      const { channel, model, nonce, requestHash } = stored.receipt;
      return {
        hash: stored.hash,
        stored,
        receipt: stored.receipt,
        voucher: {
          channel,
          model,
          nonce,
          cumulativeCap: BigInt(row.cap),
          requestHash,
          deadline: BigInt(row.deadline),
        },
        voucherSignature: row.voucher_signature,
      };
    });
  }

  /** How many receipts are in no batch, and when the oldest was signed. */
  async backlog(): Promise<{ readonly count: number; readonly oldest: Date | undefined }> {
    const [row] = await this.database.query<{ count: number; oldest: Date | null }>(
      "select count(*)::integer as count, min(signed_at) as oldest from receipts where batch is null",
    );
    return { count: row?.count ?? 0, oldest: row?.oldest ?? undefined };
  }

  /** Stores a batch with its receipts, all or nothing. */
  async create(batch: NewBatch): Promise<void> {
    await this.database.transaction(async ({ query }) => {
      const [row] = await query<{ batch: string }>(
        `insert into batches (receipts_root, data_hash, rows, config_code, receipt_count, amount, from_block, state)
         values ($1, $2, $3, $4, $5, $6, $7, 'open') returning batch`,
        [
          batch.receiptsRoot,
          batch.dataHash,
          batch.rows,
          batch.configCode,
          batch.receipts.length,
          batch.amount,
          batch.fromBlock,
        ],
      );
      const moved = await query(
        "update receipts set batch = $1 where hash = any($2) and batch is null returning hash",
        [row?.batch, batch.receipts],
      );
      if (moved.length !== batch.receipts.length) throw new Error("A receipt of the new batch is already in another.");
    });
  }

  /** Batches on their way, oldest first. */
  async open(): Promise<readonly OpenBatch[]> {
    const rows = await this.database.query<BatchRow>("select * from batches where state = 'open' order by batch");
    return Promise.all(rows.map((row) => withTransactions(this.database, row)));
  }

  async addTransaction(id: bigint, transaction: OutboxTransaction): Promise<void> {
    await this.database.query("insert into transactions (hash, batch, account_nonce, raw) values ($1, $2, $3, $4)", [
      transaction.hash,
      id,
      transaction.accountNonce,
      transaction.raw,
    ]);
  }

  async settled(id: bigint, place: BatchPlace): Promise<void> {
    await this.database.query(
      `update batches set state = 'settled', chain_batch = $2, transaction_hash = $3, block_number = $4, block_hash = $5
       where batch = $1`,
      [id, place.batch, place.transaction, place.block, place.blockHash],
    );
  }

  /** Settled batches from a block on: those a reorganisation may still take away. */
  async settledSince(block: bigint): Promise<readonly (BatchPlace & { readonly id: bigint })[]> {
    const rows = await this.database.query<{
      batch: string;
      chain_batch: string;
      transaction_hash: Hex;
      block_number: string;
      block_hash: Hex;
    }>("select * from batches where state = 'settled' and block_number >= $1 order by batch", [block]);
    return rows.map((row) => ({
      id: BigInt(row.batch),
      batch: BigInt(row.chain_batch),
      transaction: row.transaction_hash,
      block: BigInt(row.block_number),
      blockHash: row.block_hash,
    }));
  }

  /** The chain no longer holds the batch. */
  async reopen(id: bigint, fromBlock: bigint): Promise<void> {
    await this.database.query(
      `update batches set state = 'open', chain_batch = null, transaction_hash = null, block_number = null,
         block_hash = null, from_block = least(from_block, $2) where batch = $1`,
      [id, fromBlock],
    );
  }

  /** All that the batch would settle was paid before: it ends here, its receipts stay with it. */
  async supersede(id: bigint): Promise<void> {
    await this.database.query("update batches set state = 'abandoned', reason = 'paid before' where batch = $1", [id]);
  }

  /** Gives the receipts of a refused batch free for another. */
  async abandon(id: bigint, reason: string): Promise<void> {
    await this.database.transaction(async ({ query }) => {
      await query("update batches set state = 'abandoned', reason = $2 where batch = $1", [id, reason.slice(0, 500)]);
      await query("update receipts set batch = null where batch = $1", [id]);
    });
  }
}

async function withTransactions(database: Database, row: BatchRow): Promise<OpenBatch> {
  const transactions = await database.query<{ hash: Hex; account_nonce: number; raw: Hex }>(
    "select hash, account_nonce, raw from transactions where batch = $1 order by signed_at desc",
    [row.batch],
  );
  return {
    id: BigInt(row.batch),
    receiptsRoot: row.receipts_root,
    dataHash: row.data_hash,
    rows: row.rows,
    configCode: row.config_code,
    receiptCount: row.receipt_count,
    amount: BigInt(row.amount),
    fromBlock: BigInt(row.from_block),
    transactions: transactions.map(({ hash, account_nonce, raw }) => ({ hash, accountNonce: account_nonce, raw })),
  };
}
