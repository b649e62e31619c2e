/**
 * The books of channels: which request holds which nonce, and what is owed.
 *
 * STATES of a request: `pending` (admitted, being answered) → `answered` (a receipt exists; for ever) or `released`
 * (could not be answered; its nonce is free again and the same voucher may be sent once more).
 *
 * A channel's row is locked while a voucher is admitted on it, so that vouchers of its several models cannot promise
 * the same money twice. Nothing is locked while an answer is generated.
 */
import type { RecordOrigin, Voucher } from "@openledger/sdk";
import type { Hex } from "viem";
import { type ChannelBooks, type ChannelState, checkAgainstBooks } from "../settle/checkVoucher.js";
import type { AdmittedRequest, RequestState } from "./AdmittedRequest.js";
import type { Database, Queries, Row } from "./Database.js";
import { forgetRecords, type VersionPlace } from "./forgetRecords.js";
import { insertReceipt, type ReceiptRow, receiptOf } from "./receiptRows.js";
import type { Settlement, StoredReceipt } from "./StoredReceipt.js";

/** What the market had settled before this database first saw the channel. */
export interface EarlierSettlement {
  readonly claimed: bigint;
  readonly nonce: bigint;
}

export type Admission = { readonly state: "pending" } | { readonly state: "answered"; readonly receipt: StoredReceipt };

export interface ModelProgress {
  readonly model: bigint;
  readonly nonce: bigint;
  readonly cumulative: bigint;
  /** The voucher of that nonce; undefined when all of it was settled before these books began. */
  readonly paidBy: { readonly voucher: Voucher; readonly signature: Hex } | undefined;
}

interface RequestRow extends Row {
  readonly digest: Hex;
  readonly channel: Hex;
  readonly model: string;
  readonly nonce: string;
  readonly cumulative_cap: string;
  readonly request_hash: Hex;
  readonly deadline: string;
  readonly signature: Hex;
  readonly salt: Hex;
  readonly prompt: string;
  readonly max_tokens: number;
  readonly temperature_milli: number;
  readonly top_p_milli: number;
  readonly top_k: number;
  readonly repetition_penalty_milli: number;
  readonly seed: Hex;
  readonly state: RequestState;
}

export class RequestLedger {
  constructor(private readonly database: Database) {}

  /** Whether the books know this channel and model. Unknown pairs need an `EarlierSettlement` on admission. */
  async knows(channel: Hex, model: bigint): Promise<boolean> {
    const rows = await this.database.query("select 1 from progress where channel = $1 and model = $2", [
      channel,
      model,
    ]);
    return rows.length > 0;
  }

  /** See `forgetRecords`. @throws RunnerError `database_unavailable` */
  forgetRecords(of: VersionPlace, erased: ReadonlyMap<number, RecordOrigin["source"]>): Promise<void> {
    return forgetRecords(this.database, of, erased);
  }

  /** A request by its voucher's digest. */
  async find(digest: Hex): Promise<{ readonly state: RequestState; readonly admitted: AdmittedRequest } | undefined> {
    const [row] = await this.database.query<RequestRow>("select * from requests where digest = $1", [digest]);
    return row === undefined ? undefined : { state: row.state, admitted: requestOf(row) };
  }

  /**
   * Admits a request, or answers what became of it when it was admitted before: the same voucher is never charged twice.
   *
   * @param maxFee The fee if all tokens asked for are generated.
   * @throws RunnerError of `checkAgainstBooks`, `database_unavailable`
   */
  async admit(
    admitted: AdmittedRequest,
    channel: ChannelState,
    maxFee: bigint,
    earlier: EarlierSettlement | undefined,
  ): Promise<Admission> {
    const { digest, voucher } = admitted;
    return this.database.transaction(async (queries) => {
      await lockChannel(queries, voucher.channel, channel);
      const known = await stateOf(queries, digest);
      if (known === "pending") return { state: "pending" };
      if (known === "answered") return { state: "answered", receipt: await receiptByDigest(queries, digest) };

      if (earlier !== undefined) await startProgress(queries, voucher.channel, voucher.model, earlier);
      const books = await readBooks(queries, voucher.channel, voucher.model);
      checkAgainstBooks(voucher, digest, books, channel, maxFee);

      await insertRequest(queries, admitted);
      return { state: "pending" };
    });
  }

  /** Counts an attempt to answer before it begins: one that ends the process is not tried for ever. */
  async beginAttempt(digest: Hex): Promise<number> {
    const [row] = await this.database.query<{ attempts: number }>(
      "update requests set attempts = attempts + 1 where digest = $1 returning attempts",
      [digest],
    );
    return row?.attempts ?? 0;
  }

  /** Records an answer and what is owed after it, together. Answering twice keeps the first receipt. */
  async answer(stored: Omit<StoredReceipt, "signedAt">): Promise<StoredReceipt> {
    const { receipt, digest } = stored;
    return this.database.transaction(async (queries) => {
      await queries.query("select 1 from channels where channel = $1 for update", [receipt.channel]);
      const state = await stateOf(queries, digest);
      if (state === "answered") return receiptByDigest(queries, digest);
      if (state !== "pending") throw new Error(`Request ${digest} is ${state ?? "unknown"}, not pending.`);

      const moved = await queries.query(
        `update progress set nonce = $3, cumulative = $4
         where channel = $1 and model = $2 and nonce = $3::numeric - 1 and cumulative = $4::numeric - $5::numeric
         returning 1 as moved`,
        [receipt.channel, receipt.model, receipt.nonce, receipt.cumulative, receipt.fee],
      );
      if (moved.length !== 1) throw new Error(`Receipt ${stored.hash} does not follow the last one of its channel.`);
      await queries.query("update requests set state = 'answered' where digest = $1", [digest]);
      await insertReceipt(queries, stored);
      return receiptByDigest(queries, digest);
    });
  }

  /** Gives the nonce of a request that cannot be answered free again. */
  async release(digest: Hex, failure: string): Promise<void> {
    await this.database.query(
      "update requests set state = 'released', failure = $2 where digest = $1 and state = 'pending'",
      [digest, failure.slice(0, 500)],
    );
  }

  /** What was admitted and has no answer yet, oldest first. */
  async pending(): Promise<readonly AdmittedRequest[]> {
    const rows = await this.database.query<RequestRow>(
      "select * from requests where state = 'pending' order by accepted_at, nonce limit 1000",
    );
    return rows.map(requestOf);
  }

  /** What is owed for a model before the request that is being answered. */
  async owed(channel: Hex, model: bigint): Promise<bigint> {
    const [row] = await this.database.query<{ cumulative: string }>(
      "select cumulative from progress where channel = $1 and model = $2",
      [channel, model],
    );
    return BigInt(row?.cumulative ?? 0);
  }

  async progress(channel: Hex): Promise<readonly ModelProgress[]> {
    const rows = await this.database.query<{
      model: string;
      nonce: string;
      cumulative: string;
      cumulative_cap: string | null;
      request_hash: Hex;
      deadline: string;
      signature: Hex;
    }>(
      `select progress.model, progress.nonce, progress.cumulative, cumulative_cap, request_hash, deadline, signature
       from progress left join requests on requests.channel = progress.channel and requests.model = progress.model
         and requests.nonce = progress.nonce and requests.state = 'answered'
       where progress.channel = $1 order by progress.model`,
      [channel],
    );
    return rows.map((row) => {
      const progress = { model: BigInt(row.model), nonce: BigInt(row.nonce), cumulative: BigInt(row.cumulative) };
      if (row.cumulative_cap === null) return { ...progress, paidBy: undefined };
      const voucher: Voucher = {
        channel,
        model: progress.model,
        nonce: progress.nonce,
        cumulativeCap: BigInt(row.cumulative_cap),
        requestHash: row.request_hash,
        deadline: BigInt(row.deadline),
      };
      return { ...progress, paidBy: { voucher, signature: row.signature } };
    });
  }

  async receipt(hash: Hex): Promise<
    | {
        readonly stored: StoredReceipt;
        readonly admitted: AdmittedRequest;
        readonly settlement: Settlement | undefined;
      }
    | undefined
  > {
    const [row] = await this.database.query<ReceiptRow>("select * from receipts where hash = $1", [hash]);
    if (row === undefined) return undefined;
    const found = await this.find(row.digest);
    if (found === undefined) throw new Error(`Receipt ${hash} has no request.`);
    const [batch] = await this.database.query<{ chain_batch: string; transaction_hash: Hex; block_number: string }>(
      `select chain_batch, transaction_hash, block_number from batches join receipts using (batch)
       where receipts.hash = $1 and batches.state = 'settled'`,
      [hash],
    );
    const settlement =
      batch === undefined
        ? undefined
        : {
            batch: BigInt(batch.chain_batch),
            transaction: batch.transaction_hash,
            block: BigInt(batch.block_number),
          };
    return { stored: receiptOf(row), admitted: found.admitted, settlement };
  }
}

async function lockChannel({ query }: Queries, channel: Hex, state: ChannelState): Promise<void> {
  await query(
    "insert into channels (channel, payer, claimed_before) values ($1, $2, $3) on conflict (channel) do nothing",
    [channel, state.payer.toLowerCase(), state.claimed],
  );
  await query("select 1 from channels where channel = $1 for update", [channel]);
}

async function startProgress(queries: Queries, channel: Hex, model: bigint, earlier: EarlierSettlement): Promise<void> {
  await queries.query(
    `insert into progress (channel, model, nonce, cumulative, claimed_before) values ($1, $2, $3, $4, $4)
     on conflict (channel, model) do nothing`,
    [channel, model, earlier.nonce, earlier.claimed],
  );
}

async function readBooks({ query }: Queries, channel: Hex, model: bigint): Promise<ChannelBooks> {
  const rows = await query<{
    model: string;
    nonce: string;
    cumulative: string;
    claimed_before: string;
    pending: Hex | null;
    pending_cap: string | null;
  }>(
    `select progress.*, requests.digest as pending, requests.cumulative_cap as pending_cap from progress
     left join requests on requests.channel = progress.channel and requests.model = progress.model
       and requests.state = 'pending'
     where progress.channel = $1`,
    [channel],
  );
  const [known] = await query<{ claimed_before: string }>("select claimed_before from channels where channel = $1", [
    channel,
  ]);
  const own = rows.find((row) => BigInt(row.model) === model);
  if (own === undefined) throw new Error(`Channel ${channel} has no progress with model ${model}.`);

  // Models that were settled before this database saw the channel, and have not been asked for since.
  const unseen = rows.reduce((rest, row) => rest - BigInt(row.claimed_before), BigInt(known?.claimed_before ?? 0));
  const others = rows
    .filter((row) => row !== own)
    .reduce((sum, row) => sum + BigInt(row.pending_cap ?? row.cumulative), 0n);
  return {
    nonce: BigInt(own.nonce),
    cumulative: BigInt(own.cumulative),
    pending: own.pending ?? undefined,
    otherModels: others + (unseen > 0n ? unseen : 0n),
  };
}

async function stateOf({ query }: Queries, digest: Hex): Promise<RequestState | undefined> {
  const [row] = await query<{ state: RequestState }>("select state from requests where digest = $1 for update", [
    digest,
  ]);
  return row?.state;
}

async function insertRequest(
  { query }: Queries,
  { digest, voucher, signature, request }: AdmittedRequest,
): Promise<void> {
  await query(
    `insert into requests (digest, channel, model, nonce, cumulative_cap, request_hash, deadline, signature, salt, prompt,
       max_tokens, temperature_milli, top_p_milli, top_k, repetition_penalty_milli,
       seed, state)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 'pending')
     on conflict (digest) do update set state = 'pending', failure = null, attempts = 0, accepted_at = now()`,
    [
      digest,
      voucher.channel,
      voucher.model,
      voucher.nonce,
      voucher.cumulativeCap,
      voucher.requestHash,
      voucher.deadline,
      signature,
      request.salt,
      request.prompt,
      request.maxTokens,
      request.temperatureMilli,
      request.topPMilli,
      request.topK,
      request.repetitionPenaltyMilli,
      request.seed,
    ],
  );
}

async function receiptByDigest({ query }: Queries, digest: Hex): Promise<StoredReceipt> {
  const [row] = await query<ReceiptRow>("select * from receipts where digest = $1", [digest]);
  if (row === undefined) throw new Error(`Request ${digest} is answered and has no receipt.`);
  return receiptOf(row);
}

function requestOf(row: RequestRow): AdmittedRequest {
  return {
    digest: row.digest,
    voucher: {
      channel: row.channel,
      model: BigInt(row.model),
      nonce: BigInt(row.nonce),
      cumulativeCap: BigInt(row.cumulative_cap),
      requestHash: row.request_hash,
      deadline: BigInt(row.deadline),
    },
    signature: row.signature,
    request: {
      model: BigInt(row.model),
      salt: row.salt,
      prompt: row.prompt,
      maxTokens: row.max_tokens,
      temperatureMilli: row.temperature_milli,
      topPMilli: row.top_p_milli,
      topK: row.top_k,
      repetitionPenaltyMilli: row.repetition_penalty_milli,
      seed: row.seed,
    },
  };
}
