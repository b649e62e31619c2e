/** What reading the batches came to, receipt by receipt, so that a killed oracle does none of it twice. */
import type { Share } from "@openledger/sdk";
import type { Address, Hex } from "viem";
import type { ReceiptFault } from "../attribute/ReceiptFault.js";
import type { SettledBatch } from "./ChainFacts.js";
import type { Database, Row } from "./Database.js";
import { storable } from "./storable.js";

export interface JudgedReceipt {
  readonly batch: bigint;
  readonly receiptIndex: number;
  readonly hash: Hex;
  readonly model: bigint;
  readonly cumulative: bigint;
  readonly fee: bigint;
  /** As the runner signed them. */
  readonly shares: readonly Share[];
  readonly fault: ReceiptFault | undefined;
}

export interface BatchState {
  readonly batch: bigint;
  readonly state: "reading" | "verified" | "refused";
  readonly reason: string | undefined;
  readonly receiptCount: number;
  readonly firstTriedAt: Date;
}

/** A batch of which something is withheld. */
export interface WithheldBatch {
  readonly batch: bigint;
  /** Nothing of it is known: its file is not to be had, or is another's. */
  readonly isRefused: boolean;
  /** Places of receipts whose shares are not known, ascending. */
  readonly unattributed: readonly number[];
  /** Places of receipts whose shares are known and whose signature is not the runner's, ascending. */
  readonly unsigned: readonly number[];
}

interface ReceiptRow extends Row {
  readonly batch: string;
  readonly receipt_index: number;
  readonly hash: Hex;
  readonly model: string;
  readonly cumulative: string;
  readonly fee: string;
  readonly shares: readonly (readonly [Address, number])[];
  readonly state: "credited" | "disputed";
  readonly fault: ReceiptFault["check"] | null;
  readonly asked: string | null;
  readonly found: string | null;
}

const longestSaid = 1000;

export class BatchLedger {
  constructor(private readonly database: Database) {}

  /** Notes an attempt at a batch. @returns When the first was made; undefined when the batch was orphaned meanwhile. */
  async begin(batch: SettledBatch, now: Date): Promise<Date | undefined> {
    const [row] = await this.database.query<{ first_tried_at: Date }>(
      `insert into batches (batch, block, block_hash, state, tried_at, first_tried_at)
       select $1, number, hash, 'reading', $4, $4 from blocks where number = $2 and hash = $3
       on conflict (batch) do update set tried_at = excluded.tried_at
         where batches.block_hash = excluded.block_hash
       returning first_tried_at`,
      [batch.batch, batch.block, batch.blockHash, now],
    );
    return row?.first_tried_at;
  }

  /** Places of the receipts that are judged already. */
  async judged(batch: bigint): Promise<ReadonlySet<number>> {
    const rows = await this.database.query<{ receipt_index: number }>(
      "select receipt_index from receipts where batch = $1",
      [batch],
    );
    return new Set(rows.map((row) => row.receipt_index));
  }

  /** Keeps a verdict. Nothing is kept for a batch that was orphaned meanwhile. */
  async judge(batch: SettledBatch, receipt: JudgedReceipt, now: Date): Promise<void> {
    await this.database.query(
      `insert into receipts (batch, receipt_index, hash, model, cumulative, fee, shares, state, fault, asked, found, judged_at)
       select batch, $3, $4, $5, $6, $7, $8::jsonb, $9, $10, $11, $12, $13 from batches
         where batch = $1 and block_hash = $2
       on conflict do nothing`,
      [
        receipt.batch,
        batch.blockHash,
        receipt.receiptIndex,
        receipt.hash,
        receipt.model,
        receipt.cumulative,
        receipt.fee,
        JSON.stringify(receipt.shares.map(({ account, share }) => [account.toLowerCase(), share])),
        receipt.fault === undefined ? "credited" : "disputed",
        receipt.fault?.check ?? null,
        said(receipt.fault?.asked),
        said(receipt.fault?.found),
        now,
      ],
    );
  }

  async finish(batch: SettledBatch, receiptCount: number): Promise<void> {
    await this.database.query(
      "update batches set state = 'verified', receipt_count = $3 where batch = $1 and block_hash = $2",
      [batch.batch, batch.blockHash, receiptCount],
    );
  }

  async refuse(batch: SettledBatch, reason: string): Promise<void> {
    await this.database.query(
      "update batches set state = 'refused', reason = $3 where batch = $1 and block_hash = $2",
      [batch.batch, batch.blockHash, said(reason)],
    );
  }

  async states(first: bigint, last: bigint): Promise<readonly BatchState[]> {
    const rows = await this.database.query<{
      batch: string;
      state: BatchState["state"];
      reason: string | null;
      receipt_count: number;
      first_tried_at: Date;
    }>("select * from batches where batch between $1 and $2 order by batch", [first, last]);
    return rows.map((row) => ({
      batch: BigInt(row.batch),
      state: row.state,
      reason: row.reason ?? undefined,
      receiptCount: row.receipt_count,
      firstTriedAt: row.first_tried_at,
    }));
  }

  /** Judged batches that stand and were not looked through for what a proof can show, oldest first. */
  async unsearched(limit: number): Promise<readonly bigint[]> {
    const rows = await this.database.query<{ batch: string }>(
      `select batch from batches where state <> 'reading' and not searched and not exists (
         select from events v where v.name = 'BatchVoided' and v.args->>'batch' = batches.batch::text)
       order by batch limit $1`,
      [limit],
    );
    return rows.map(({ batch }) => BigInt(batch));
  }

  /** Nothing, or nothing more, is to be proven of a batch. */
  async searched({ batch, blockHash }: SettledBatch): Promise<void> {
    await this.database.query("update batches set searched = true where batch = $1 and block_hash = $2", [
      batch,
      blockHash,
    ]);
  }

  /** Standing batches of which something is withheld: all of it, or what stands behind some receipts. */
  async withheld(): Promise<readonly WithheldBatch[]> {
    const rows = await this.database.query<{
      batch: string;
      state: string;
      unattributed: readonly number[];
      unsigned: readonly number[];
    }>(
      `select b.batch, b.state,
         coalesce(array_agg(receipt_index order by receipt_index)
           filter (where r.fault = 'attribution_hash'), '{}') as unattributed,
         coalesce(array_agg(receipt_index order by receipt_index) filter (where r.fault = 'signature'), '{}') as unsigned
       from batches b left join receipts r on r.batch = b.batch and r.fault in ('attribution_hash', 'signature')
       where b.state <> 'reading' and not exists (
         select from events v where v.name = 'BatchVoided' and v.args->>'batch' = b.batch::text)
       group by b.batch having b.state = 'refused' or count(r.batch) > 0 order by b.batch`,
    );
    return rows.map(({ batch, state, unattributed, unsigned }) => ({
      batch: BigInt(batch),
      isRefused: state === "refused",
      unattributed,
      unsigned,
    }));
  }

  /** Has a batch read again, and some of its receipts judged again, since more of it is known: with all patience anew. */
  async reread({ batch, blockHash }: SettledBatch, receiptIndices: readonly number[], now: Date): Promise<void> {
    await this.database.transaction(async ({ query }) => {
      const rows = await query(
        `update batches set state = 'reading', reason = null, searched = false, first_tried_at = $3
         where batch = $1 and block_hash = $2 returning batch`,
        [batch, blockHash, now],
      );
      if (rows.length === 0) return;
      await query("delete from receipts where batch = $1 and receipt_index = any($2)", [batch, receiptIndices]);
    });
  }

  /** Receipts of a range of batches that this oracle credits, in order. */
  async credited(first: bigint, last: bigint): Promise<readonly JudgedReceipt[]> {
    const rows = await this.database.query<ReceiptRow>(
      `select r.* from receipts r join batches b using (batch)
       where r.state = 'credited' and b.state = 'verified' and batch between $1 and $2 order by batch, receipt_index`,
      [first, last],
    );
    return rows.map(receiptOf);
  }

  /**
   * Receipts of a range of batches whose shares this oracle knows, whatever it thinks of them, in order: all but those whose
   * list is not the one that the runner signed.
   */
  async known(first: bigint, last: bigint): Promise<readonly JudgedReceipt[]> {
    const rows = await this.database.query<ReceiptRow>(
      `select r.* from receipts r join batches b using (batch)
       where b.state = 'verified' and r.fault is distinct from 'attribution_hash' and batch between $1 and $2
       order by batch, receipt_index`,
      [first, last],
    );
    return rows.map(receiptOf);
  }

  async disputed(first: bigint, last: bigint): Promise<readonly JudgedReceipt[]> {
    const rows = await this.database.query<ReceiptRow>(
      `select * from receipts where state = 'disputed' and batch between $1 and $2 order by batch, receipt_index`,
      [first, last],
    );
    return rows.map(receiptOf);
  }
}

/** What is said of a fault quotes what a runner sent, which may be of any length and hold anything. */
function said(text: string | undefined): string | null {
  return text === undefined ? null : storable(text.slice(0, longestSaid));
}

function receiptOf(row: ReceiptRow): JudgedReceipt {
  return {
    batch: BigInt(row.batch),
    receiptIndex: row.receipt_index,
    hash: row.hash,
    model: BigInt(row.model),
    cumulative: BigInt(row.cumulative),
    fee: BigInt(row.fee),
    shares: row.shares.map(([account, share]) => ({ account, share })),
    fault:
      row.fault === null || row.asked === null || row.found === null
        ? undefined
        : { check: row.fault, asked: row.asked, found: row.found },
  };
}
