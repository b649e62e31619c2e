/** The outbox's rows: each transaction is stored, signed, before it is sent. */
import type { Address, Hex } from "viem";
import type { Database, Row } from "./Database.js";

export type TransactionState = "sent" | "done" | "reverted" | "replaced";

export interface StoredTransaction {
  readonly hash: Hex;
  /** What it does, with everything that decides its bytes. */
  readonly purpose: string;
  readonly account: Address;
  readonly accountNonce: number;
  readonly raw: Hex;
  readonly maxFeePerGas: bigint;
  readonly state: TransactionState;
}

interface TransactionRow extends Row {
  readonly hash: Hex;
  readonly purpose: string;
  readonly account: Address;
  readonly account_nonce: string;
  readonly raw: Hex;
  readonly max_fee_per_gas: string;
  readonly state: TransactionState;
}

export class TransactionLedger {
  constructor(private readonly database: Database) {}

  async insert(transaction: StoredTransaction, now: Date): Promise<void> {
    const { hash, purpose, account, accountNonce, raw, maxFeePerGas, state } = transaction;
    await this.database.query("insert into transactions values ($1, $2, $3, $4, $5, $6, $7, $8)", [
      hash,
      purpose,
      account.toLowerCase(),
      accountNonce,
      raw,
      maxFeePerGas,
      state,
      now,
    ]);
  }

  async setState(hash: Hex, state: TransactionState): Promise<void> {
    await this.database.query("update transactions set state = $2 where hash = $1", [hash, state]);
  }

  /** Those that may still land, and the newest of this purpose whatever became of it; by account nonce. */
  async open(account: Address, purpose: string): Promise<readonly StoredTransaction[]> {
    const rows = await this.database.query<TransactionRow>(
      `select * from transactions where account = $1 and (state = 'sent' or hash in
         (select hash from transactions where account = $1 and purpose = $2 order by signed_at desc limit 1))
       order by account_nonce, signed_at`,
      [account.toLowerCase(), purpose],
    );
    return rows.map((row) => ({
      hash: row.hash,
      purpose: row.purpose,
      account: row.account,
      accountNonce: Number(row.account_nonce),
      raw: row.raw,
      maxFeePerGas: BigInt(row.max_fee_per_gas),
      state: row.state,
    }));
  }
}
