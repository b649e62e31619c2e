/** Leaf data of epochs, kept for whoever claims or proves, and the lists this oracle itself came to. */
import { contentHash } from "@openledger/sdk";
import type { Hex } from "viem";
import type { Place } from "./ChainFacts.js";
import type { Database, Row } from "./Database.js";
import { storable } from "./storable.js";

export interface EpochLists extends Place {
  readonly epoch: bigint;
  /** Cases and voids count as they stood then, seconds since 1970. */
  readonly asOf: bigint;
  readonly creditsRoot: Hex;
  readonly payoutsRoot: Hex;
  readonly total: bigint;
  readonly dataHash: Hex;
  readonly creditCount: number;
  readonly payoutCount: number;
}

interface ListsRow extends Row {
  readonly epoch: string;
  readonly block: string;
  readonly block_hash: Hex;
  readonly credits_root: Hex;
  readonly payouts_root: Hex;
  readonly total: string;
  readonly data_hash: Hex;
  readonly credit_count: number;
  readonly payout_count: number;
  readonly as_of: string;
}

export class EpochLedger {
  constructor(private readonly database: Database) {}

  /** Keeps a file under its SHA-256. */
  async keepFile(bytes: Uint8Array, now: Date): Promise<Hex> {
    const hash = contentHash(bytes);
    await this.database.query("insert into files values ($1, $2, $3) on conflict do nothing", [
      hash,
      Buffer.from(bytes),
      now,
    ]);
    return hash;
  }

  async file(hash: Hex): Promise<Uint8Array | undefined> {
    const [row] = await this.database.query<{ bytes: Buffer }>("select bytes from files where hash = $1", [hash]);
    return row === undefined ? undefined : new Uint8Array(row.bytes);
  }

  /** Replaces what was kept for the epoch. Nothing is kept when its opening was orphaned meanwhile. */
  async keepLists(lists: EpochLists, now: Date): Promise<void> {
    await this.database.query(
      `insert into lists
       select $1, number, hash, $4, $5, $6, $7, $8, $9, $10, $11 from blocks where number = $2 and hash = $3
       on conflict (epoch) do update set block = excluded.block, block_hash = excluded.block_hash,
         credits_root = excluded.credits_root, payouts_root = excluded.payouts_root, total = excluded.total,
         data_hash = excluded.data_hash, credit_count = excluded.credit_count, payout_count = excluded.payout_count,
         built_at = excluded.built_at, as_of = excluded.as_of`,
      [
        lists.epoch,
        lists.block,
        lists.blockHash,
        lists.creditsRoot,
        lists.payoutsRoot,
        lists.total,
        lists.dataHash,
        lists.creditCount,
        lists.payoutCount,
        now,
        lists.asOf,
      ],
    );
  }

  async lists(epoch: bigint): Promise<EpochLists | undefined> {
    const [row] = await this.database.query<ListsRow>("select * from lists where epoch = $1", [epoch]);
    return row === undefined
      ? undefined
      : {
          epoch: BigInt(row.epoch),
          block: BigInt(row.block),
          blockHash: row.block_hash,
          creditsRoot: row.credits_root,
          payoutsRoot: row.payouts_root,
          total: BigInt(row.total),
          dataHash: row.data_hash,
          creditCount: row.credit_count,
          payoutCount: row.payout_count,
          asOf: BigInt(row.as_of),
        };
  }

  /** Notes something that a person should see; once for each subject and kind. @returns Whether it is new. */
  async find(subject: string, kind: string, message: string, now: Date): Promise<boolean> {
    const rows = await this.database.query(
      `insert into findings values ($1, $2, $3, $4) on conflict do nothing returning subject`,
      [subject, kind, storable(message), now],
    );
    return rows.length > 0;
  }

  async findings(limit: number): Promise<readonly { subject: string; kind: string; message: string; foundAt: Date }[]> {
    const rows = await this.database.query<{ subject: string; kind: string; message: string; found_at: Date }>(
      "select * from findings order by found_at desc limit $1",
      [limit],
    );
    return rows.map((row) => ({
      subject: row.subject,
      kind: row.kind,
      message: row.message,
      foundAt: row.found_at,
    }));
  }
}
