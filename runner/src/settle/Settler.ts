/**
 * Takes receipts to the market, in batches, once.
 *
 * ORDER of a batch: its file goes to the content store; it is stored with its rows, root and receipts; its transaction
 * is signed and stored; only then it is sent. A process that dies anywhere in between goes on where it was: what is on
 * the chain is found by the batch's root, what is not is sent again as it was signed.
 *
 * MONEY. The market pays up to a cumulative amount, so a transaction mined twice pays once. One batch is on its way at
 * a time: the next one starts at the amounts the last one ends with.
 *
 * REORGANISATIONS. Settled batches are looked at again until they are `recheckDepth` blocks deep.
 */
import {
  type AttributedReceipt,
  encodeBatchFile,
  type MarketDomain,
  packSettlementRows,
  receiptTree,
} from "@openledger/sdk";
import type { Address, Hex } from "viem";
import { describeError, type Log } from "../Log.js";
import type { BatchLedger, OpenBatch, OutboxTransaction, UnsettledReceipt } from "../store/BatchLedger.js";
import type { ChannelState } from "./checkVoucher.js";
import { type LeftOut, planBatch } from "./planBatch.js";
import type { SettlementChain } from "./SettlementChain.js";

export interface SettlePolicy {
  /** So many receipts make a batch at once. */
  readonly receipts: number;
  /** Fewer are settled when the oldest has waited so long. */
  readonly seconds: number;
  /** Most receipts of one batch: all of them can be demanded at once, and are then shown within the court's time. */
  readonly maxReceipts: number;
  /** Most vouchers of one batch. */
  readonly maxRows: number;
  /** A voucher must be good for so long after the batch is built. */
  readonly marginSeconds: number;
  /** A transaction that is not mined after so long is replaced by one that pays more. */
  readonly replaceSeconds: number;
  readonly recheckDepth: bigint;
}

export interface SettlerDeps {
  readonly runner: Address;
  readonly domain: MarketDomain;
  readonly ledger: BatchLedger;
  readonly chain: SettlementChain;
  /** Stores a file in the content store and gives its SHA-256. */
  readonly putFile: (bytes: Uint8Array) => Promise<{ readonly hash: Hex }>;
  readonly policy: SettlePolicy;
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly log: Log;
}

/** `idle`: nothing to do; `waiting`: a batch is on its way; `progress`: something was done, look again. */
export type SettlerState = "idle" | "waiting" | "progress";

/** More receipts than a batch holds, so that those which cannot be settled now do not hide the others. */
const lookedAt = 16_384;
const quarantineSeconds = 60;
const resendSeconds = 5;
const stuckSeconds = 5;

export class Settler {
  /** When each transaction was first and last sent by this process. */
  readonly #sent = new Map<Hex, { readonly first: number; readonly last: number }>();
  /** Channels that made a batch fail, and until when they are left out. */
  readonly #quarantine = new Map<Hex, number>();
  #checkedHead: Hex | undefined;
  /** The backlog that could not be settled when it was last tried. */
  #stuck = { count: 0, until: 0 };
  #reported = "";

  constructor(private readonly deps: SettlerDeps) {}

  /**
   * One step. @param urgency `now` settles whatever there is, `when_due` follows the policy.
   * @throws RunnerError `chain_unavailable`, `database_unavailable`; ContentUnavailableError
   */
  async step(urgency: "when_due" | "now" = "when_due"): Promise<SettlerState> {
    await this.#recheck();
    const [batch] = await this.deps.ledger.open();
    if (batch !== undefined) return this.#advance(batch);
    if (!(await this.#isDue(urgency))) return "idle";
    return this.#build();
  }

  async #recheck(): Promise<void> {
    const { ledger, chain, policy, log } = this.deps;
    const { number, hash } = await chain.head();
    if (hash === this.#checkedHead) return;
    const from = number > policy.recheckDepth ? number - policy.recheckDepth : 0n;
    const settled = await ledger.settledSince(from);
    for (const place of [...settled].reverse()) {
      // Blocks are ancestors of one another: below one that is still there all are.
      if ((await chain.blockHash(place.block)) === place.blockHash) break;
      log("a reorganisation took a settled batch away: it is settled again", {
        batch: place.batch,
        block: place.block,
        transaction: place.transaction,
      });
      await ledger.reopen(place.id, from);
    }
    this.#checkedHead = hash;
  }

  async #isDue(urgency: "when_due" | "now"): Promise<boolean> {
    const { count, oldest } = await this.deps.ledger.backlog();
    if (count === 0 || oldest === undefined) return false;
    if (count === this.#stuck.count && this.deps.now() < this.#stuck.until) return false;
    const { receipts, seconds, maxReceipts } = this.deps.policy;
    return (
      urgency === "now" ||
      count >= Math.min(receipts, maxReceipts) ||
      this.deps.now() - oldest.getTime() / 1000 >= seconds
    );
  }

  async #build(): Promise<SettlerState> {
    const { chain, ledger, domain, policy, log } = this.deps;
    const unsettled = (await ledger.unsettled(lookedAt)).filter(({ receipt }) => this.#isFree(receipt.channel));
    const head = await chain.head();
    const ids = [...new Set(unsettled.map(({ receipt }) => receipt.channel))];
    const states = new Map(await Promise.all(ids.map(async (id) => [id, await chain.channel(id)] as const)));
    const clock = BigInt(Math.ceil(this.deps.now()));
    const plan = planBatch(unsettled, states, {
      minedAt: (clock > head.timestamp ? clock : head.timestamp) + BigInt(policy.marginSeconds),
      receipts: policy.maxReceipts,
      rows: policy.maxRows,
    });
    this.#report(plan.leftOut);
    if (plan.receipts.length === 0) {
      this.#stuck = { count: unsettled.length, until: this.deps.now() + stuckSeconds };
      return "idle";
    }

    const byHash = new Map(unsettled.map((entry) => [entry.hash, entry]));
    const file = encodeBatchFile({
      runner: this.deps.runner,
      chainId: domain.chainId,
      market: domain.market,
      receipts: plan.receipts.map(({ hash }) => attributed(byHash.get(hash) as UnsettledReceipt)),
    });
    const { hash: dataHash } = await this.deps.putFile(file);
    const tree = receiptTree(
      domain,
      plan.receipts.map(({ receipt }) => receipt),
    );
    const rows = packSettlementRows(
      plan.last.map(({ voucher, voucherSignature, receipt }) => ({
        ...partiesOf(states.get(receipt.channel)),
        voucher,
        signature: voucherSignature,
        cumulative: receipt.cumulative,
      })),
    );
    await ledger.create({
      receiptsRoot: tree.root,
      dataHash,
      rows,
      configCode: await chain.configCode(),
      amount: plan.receipts.reduce((sum, { receipt }) => sum + receipt.fee, 0n),
      fromBlock: head.number,
      receipts: plan.receipts.map(({ hash }) => hash),
    });
    log("built a batch", { receipts: plan.receipts.length, vouchers: plan.last.length, receiptsRoot: tree.root });
    return "progress";
  }

  async #advance(batch: OpenBatch): Promise<SettlerState> {
    const { chain, ledger, log } = this.deps;
    for (const transaction of batch.transactions) {
      const outcome = await chain.outcome(transaction);
      if (outcome.state === "settled") return this.#settled(batch, outcome.place);
      if (outcome.state === "settled_nothing") return this.#supersede(batch);
    }
    const place = await chain.findBatch(batch.receiptsRoot, batch.fromBlock);
    if (place !== undefined) return this.#settled(batch, place);

    const [newest] = batch.transactions;
    const alive = newest !== undefined && (await chain.minedNonce()) <= newest.accountNonce;
    if (alive && !this.#isStuck(newest)) {
      await this.#send(newest);
      return "waiting";
    }

    const refusal = await chain.refusal(batch);
    if (refusal?.kind === "settles_nothing") return this.#supersede(batch);
    if (refusal !== undefined && !alive) {
      log("the market refuses a batch: its receipts go into another", { batch: batch.id, reason: refusal.reason });
      if (refusal.channel !== undefined) this.#quarantine.set(refusal.channel, this.deps.now() + quarantineSeconds);
      await ledger.abandon(batch.id, refusal.reason);
      return "waiting";
    }
    if (refusal !== undefined) return "waiting";

    const transaction = await chain.sign(batch, newest);
    await ledger.addTransaction(batch.id, transaction);
    await this.#send(transaction);
    return "waiting";
  }

  async #settled(batch: OpenBatch, place: Parameters<BatchLedger["settled"]>[1]): Promise<SettlerState> {
    await this.deps.ledger.settled(batch.id, place);
    for (const { hash } of batch.transactions) this.#sent.delete(hash);
    this.deps.log("settled a batch", {
      batch: place.batch,
      receipts: batch.receiptCount,
      amount: batch.amount,
      transaction: place.transaction,
    });
    return "progress";
  }

  /** All of it was paid by a batch this database does not know: nothing is left to take. */
  async #supersede(batch: OpenBatch): Promise<SettlerState> {
    this.deps.log("a batch had been paid before; its receipts are in no batch on the chain", {
      batch: batch.id,
      receiptsRoot: batch.receiptsRoot,
    });
    await this.deps.ledger.supersede(batch.id);
    return "progress";
  }

  async #send(transaction: OutboxTransaction): Promise<void> {
    const now = this.deps.now();
    const sent = this.#sent.get(transaction.hash);
    if (sent !== undefined && now - sent.last < resendSeconds) return;
    this.#sent.set(transaction.hash, { first: sent?.first ?? now, last: now });
    await this.deps.chain.send(transaction).catch((error: unknown) => {
      // It stays in the outbox and is sent again.
      this.deps.log("a settlement could not be sent yet", {
        transaction: transaction.hash,
        error: describeError(error),
      });
    });
  }

  #isStuck(transaction: OutboxTransaction): boolean {
    const sent = this.#sent.get(transaction.hash);
    return sent !== undefined && this.deps.now() - sent.first > this.deps.policy.replaceSeconds;
  }

  #isFree(channel: Hex): boolean {
    const until = this.#quarantine.get(channel);
    if (until === undefined) return true;
    if (until > this.deps.now()) return false;
    this.#quarantine.delete(channel);
    return true;
  }

  /** Says what is left out, once for each change. */
  #report(leftOut: readonly LeftOut[]): void {
    const text = leftOut.map(({ channel, model, count, reason }) => `${channel}:${model}:${count}:${reason}`).join();
    if (text === this.#reported) return;
    this.#reported = text;
    for (const left of leftOut) {
      this.deps.log("receipts cannot be settled now: a newer voucher or a top-up of their channel would cover them", {
        ...left,
      });
    }
  }
}

/** A planned receipt's channel is one that the market knows. */
function partiesOf(channel: ChannelState | undefined): { readonly payer: Address; readonly channelSalt: bigint } {
  const { payer, salt } = channel as ChannelState;
  return { payer, channelSalt: salt };
}

function attributed({ stored }: UnsettledReceipt): AttributedReceipt {
  const { shares, records, methodHash } = stored.answer.attribution;
  return { receipt: stored.receipt, signature: stored.signature, shares, records, methodHash };
}
