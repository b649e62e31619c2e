/**
 * Demands of receipts by the court, with the transactions that answer them, and what the answers are made of.
 *
 * STATES of a demand: `open` → `answered`, for ever but for a reorganisation; it is dropped when nothing is left to do for it.
 */
import { attributionRecordsHash, compareReceipts, type Receipt, type Share } from "@openledger/sdk";
import type { Hex } from "viem";
import type { OutboxTransaction } from "./BatchLedger.js";
import type { Database, Row } from "./Database.js";
import { type ReceiptRow, receiptOf } from "./receiptRows.js";

export interface ReceiptDemand {
  /** The batch's number on the chain. */
  readonly batch: bigint;
  /** May lie behind the batch's receipts. */
  readonly index: number;
  /** Seconds since 1970: the first in which no answer is taken. */
  readonly deadline: bigint;
}

export interface StoredDemand extends ReceiptDemand {
  readonly state: "open" | "answered";
  /** Newest block when it was seen answered. */
  readonly answeredAt: bigint | undefined;
  /** Of the answer; once it is answered, of the release. */
  readonly transaction: OutboxTransaction | undefined;
}

/** A settled receipt with all that it stands on. */
export interface ReceiptEvidence {
  readonly receipt: Receipt;
  readonly signature: Hex;
  readonly voucher: { readonly cumulativeCap: bigint; readonly deadline: bigint };
  readonly voucherSignature: Hex;
  readonly attribution: { readonly shares: readonly Share[]; readonly recordsHash: Hex; readonly methodHash: Hex };
}

interface DemandRow extends Row {
  readonly batch: string;
  readonly receipt_index: string;
  readonly deadline: string;
  readonly state: "open" | "answered";
  readonly answered_at: string | null;
  readonly hash: Hex | null;
  readonly account_nonce: number | null;
  readonly raw: Hex | null;
}

interface EvidenceRow extends ReceiptRow {
  readonly cap: string;
  readonly deadline: string;
  readonly voucher_signature: Hex;
}

export class DemandLedger {
  constructor(private readonly database: Database) {}

  /** The block up to which demands were followed; undefined before the first time. */
  async followed(): Promise<bigint | undefined> {
    const [row] = await this.database.query<{ block: string }>("select block from followed");
    return row === undefined ? undefined : BigInt(row.block);
  }

  /** Stores what was found up to a block. Demands that are known stay as they are but for their deadline. */
  async follow(demands: readonly ReceiptDemand[], block: bigint): Promise<void> {
    await this.database.transaction(async ({ query }) => {
      for (const { batch, index, deadline } of demands) {
        await query(
          `insert into demands (batch, receipt_index, deadline) values ($1, $2, $3)
           on conflict (batch, receipt_index) do update set deadline = excluded.deadline`,
          [batch, index, deadline],
        );
      }
      await query("insert into followed (block) values ($1) on conflict (one) do update set block = excluded.block", [
        block,
      ]);
    });
  }

  /** Those that end first before the others. */
  async demands(): Promise<readonly StoredDemand[]> {
    const rows = await this.database.query<DemandRow>("select * from demands order by deadline, batch, receipt_index");
    return rows.map(demandOf);
  }

  async setTransaction({ batch, index }: ReceiptDemand, transaction: OutboxTransaction): Promise<void> {
    const { hash, accountNonce, raw } = transaction;
    await this.database.query(
      "update demands set hash = $3, account_nonce = $4, raw = $5 where batch = $1 and receipt_index = $2",
      [batch, index, hash, accountNonce, raw],
    );
  }

  /** Its transaction has done its work. */
  async answered({ batch, index }: ReceiptDemand, block: bigint): Promise<void> {
    await this.database.query(
      `update demands set state = 'answered', answered_at = $3, hash = null, account_nonce = null, raw = null
       where batch = $1 and receipt_index = $2`,
      [batch, index, block],
    );
  }

  /** The chain took the answer back. */
  async reopen({ batch, index }: ReceiptDemand): Promise<void> {
    await this.database.query(
      `update demands set state = 'open', answered_at = null, hash = null, account_nonce = null, raw = null
       where batch = $1 and receipt_index = $2`,
      [batch, index],
    );
  }

  async drop({ batch, index }: Pick<ReceiptDemand, "batch" | "index">): Promise<void> {
    await this.database.query("delete from demands where batch = $1 and receipt_index = $2", [batch, index]);
  }

  /** What stands behind a batch of the chain, in the order of its tree; empty when it is not of these books. */
  async evidence(batch: bigint): Promise<readonly ReceiptEvidence[]> {
    const rows = await this.database.query<EvidenceRow>(
      `select receipts.*, requests.cumulative_cap as cap, requests.deadline, requests.signature as voucher_signature
       from receipts join requests using (digest) join batches using (batch)
       where batches.chain_batch = $1 and batches.state = 'settled'`,
      [batch],
    );
    const evidence = rows.map((row): ReceiptEvidence => {
      const { receipt, signature, answer } = receiptOf(row);
      const { shares, records, methodHash } = answer.attribution;
      return {
        receipt,
        signature,
        voucher: { cumulativeCap: BigInt(row.cap), deadline: BigInt(row.deadline) },
        voucherSignature: row.voucher_signature,
        attribution: { shares, recordsHash: attributionRecordsHash(records), methodHash },
      };
    });
    return evidence.sort((a, b) => compareReceipts(a.receipt, b.receipt));
  }

  /** The oldest settled batches whose receipts are kept, with the blocks that hold them. */
  async kept(
    limit: number,
  ): Promise<readonly { readonly id: bigint; readonly batch: bigint; readonly block: bigint }[]> {
    const rows = await this.database.query<{ batch: string; chain_batch: string; block_number: string }>(
      "select batch, chain_batch, block_number from batches where state = 'settled' and not pruned order by batch limit $1",
      [limit],
    );
    return rows.map((row) => ({
      id: BigInt(row.batch),
      batch: BigInt(row.chain_batch),
      block: BigInt(row.block_number),
    }));
  }

  /** Forgets what stands behind a batch; the newest voucher of each channel and model stays, for its payer to go on from. */
  async prune(id: bigint): Promise<void> {
    await this.database.transaction(async ({ query }) => {
      const gone = await query<{ digest: Hex }>(
        `delete from receipts using progress where batch = $1 and progress.channel = receipts.channel
           and progress.model = receipts.model and progress.nonce > receipts.nonce returning digest`,
        [id],
      );
      await query("delete from requests where digest = any($1)", [gone.map(({ digest }) => digest)]);
      await query("delete from transactions where batch = $1", [id]);
      await query("update batches set pruned = true where batch = $1", [id]);
    });
  }
}

function demandOf(row: DemandRow): StoredDemand {
  return {
    batch: BigInt(row.batch),
    index: Number(row.receipt_index),
    deadline: BigInt(row.deadline),
    state: row.state,
    answeredAt: row.answered_at === null ? undefined : BigInt(row.answered_at),
    transaction:
      row.hash === null || row.account_nonce === null || row.raw === null
        ? undefined
        : { hash: row.hash, accountNonce: row.account_nonce, raw: row.raw },
  };
}
