/**
 * Shows the court what it is asked for. A runner that is silent to one demand loses the whole batch and is slashed, so every
 * demand of its receipts is answered, whoever made it.
 *
 * ORDER of an answer: the demand is stored; the answer's transaction is signed and stored; only then it is sent. A process that
 * dies in between goes on where it was. Whether a demand is still open is asked of the chain before anything is signed, and the
 * court takes one answer only, so that nothing is answered twice.
 *
 * MONEY. An answer brings its demand's deposit. What the demand locked of the stake is released as soon as the court lets it.
 *
 * REORGANISATIONS. Demands of the last `recheckDepth` blocks are looked for again, answers are looked at again until they are so
 * deep.
 */
import { type Batch, type MarketDomain, type PlacedReceipts, placeReceipts, receiptTree } from "@openledger/sdk";
import type { Hex } from "viem";
import { describeError, type Log } from "../Log.js";
import type { OutboxTransaction } from "../store/BatchLedger.js";
import type { DemandLedger, ReceiptEvidence, StoredDemand } from "../store/DemandLedger.js";
import type { CourtCall, CourtChain } from "./CourtChain.js";

export interface DemandAnswererDeps {
  readonly domain: MarketDomain;
  readonly ledger: Pick<
    DemandLedger,
    | "followed"
    | "follow"
    | "demands"
    | "setTransaction"
    | "answered"
    | "reopen"
    | "drop"
    | "evidence"
    | "kept"
    | "prune"
  >;
  readonly chain: CourtChain;
  readonly recheckDepth: bigint;
  /** How long behind the end of a batch's trial what stood behind it is kept, seconds. */
  readonly keepSeconds: bigint;
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly log: Log;
}

/** What stands behind a batch. */
interface Behind {
  readonly receiptsRoot: Hex;
  readonly evidence: readonly ReceiptEvidence[];
  readonly placed: PlacedReceipts;
}

interface Trouble {
  readonly failures: number;
  /** When it is tried again, seconds since 1970. */
  readonly until: number;
}

const rangeBlocks = 5_000n;
const resendSeconds = 5;
const replaceSeconds = 30;
const longestPauseSeconds = 60;
/** So many tries at least fit into what is left of a demand's time. */
const leastTries = 8;
const pruneSeconds = 60;
const prunedAtOnce = 20;

export class DemandAnswerer {
  readonly #sent = new Map<Hex, { readonly first: number; readonly last: number }>();
  readonly #trouble = new Map<string, Trouble>();
  #behindBatch: Behind | undefined;
  #head: Hex | undefined;
  #isBusy = false;
  #pruneAt = 0;

  constructor(private readonly deps: DemandAnswererDeps) {}

  /** One step. @throws RunnerError `chain_unavailable`, `database_unavailable` */
  async step(): Promise<void> {
    const { chain, ledger } = this.deps;
    const head = await chain.head();
    if (head.hash === this.#head && !this.#isBusy) return;
    await this.#follow(head.number);
    const demands = await ledger.demands();
    for (const demand of demands) {
      await this.#see(demand, head).catch((error: unknown) => this.#fail(demand, head.timestamp, error));
    }
    for (const batch of new Set(demands.map((demand) => demand.batch))) {
      const own = (await ledger.demands()).filter((demand) => demand.batch === batch);
      await this.#release(own, head).catch((error: unknown) => {
        this.deps.log("locked stake could not be released yet", { batch, error: describeError(error) });
      });
    }
    await this.#prune(head.timestamp);
    this.#isBusy = (await ledger.demands()).some(
      ({ state, transaction }) => state === "open" || transaction !== undefined,
    );
    this.#head = head.hash;
  }

  async #follow(head: bigint): Promise<void> {
    const { chain, ledger, recheckDepth } = this.deps;
    const followed = (await ledger.followed()) ?? chain.startBlock - 1n;
    // A chain that was cut back may be shorter than what was followed of it.
    const newest = followed < head ? followed : head;
    const again = newest + 1n - recheckDepth;
    let from = again > chain.startBlock ? again : chain.startBlock;
    while (from <= head) {
      const to = from + rangeBlocks - 1n < head ? from + rangeBlocks - 1n : head;
      await ledger.follow(await chain.demands(from, to), to);
      from = to + 1n;
    }
  }

  /** Brings a stored demand up to the chain and answers it. */
  async #see(demand: StoredDemand, head: { readonly number: bigint; readonly timestamp: bigint }): Promise<void> {
    const { chain, ledger, recheckDepth, log } = this.deps;
    const { batch, index, deadline, answeredAt } = demand;
    if (answeredAt !== undefined && head.number - answeredAt >= recheckDepth) return;
    const state = await chain.demandState(batch, index);
    if (state === "revealed" || state === "absent") {
      if (demand.state === "open") {
        this.#settle(demand);
        await ledger.answered(demand, head.number);
        log("a demanded receipt is answered", { batch, index, state });
      }
      return;
    }
    if (state === "returned") log("a batch fell; its open demand is returned", { batch, index });
    if (state !== "open") return this.#drop(demand);
    if (demand.state === "answered") await ledger.reopen(demand);
    if (head.timestamp >= deadline) {
      if (!this.#isResting(demand)) {
        this.#rest(demand, longestPauseSeconds);
        log("A DEMAND WAS NOT ANSWERED IN TIME: anybody may void the batch, the runner is slashed", {
          batch,
          index,
          deadline,
        });
      }
      return;
    }
    if (demand.state === "open" && demand.transaction !== undefined && (await this.#push(demand.transaction))) return;
    if (this.#isResting(demand)) return;
    const call = await this.#answerOf(demand);
    const refusal = await chain.refusal(call);
    if (refusal !== undefined) throw new Error(`The court refuses the answer: ${refusal}`);
    const transaction = await chain.sign(call, demand.state === "open" ? demand.transaction : undefined);
    await ledger.setTransaction(demand, transaction);
    await this.#send(transaction);
    log("answers a demanded receipt", { batch, index, deadline, transaction: transaction.hash });
  }

  /** @throws Error when this database does not hold what stands behind the batch. */
  async #answerOf({ batch, index }: StoredDemand): Promise<CourtCall> {
    const { chain, domain } = this.deps;
    const header = await chain.header(batch);
    if (header === undefined) throw new Error(`The chain has no batch ${batch}.`);
    const { evidence, placed } = await this.#behind(header);
    const found = evidence[index];
    if (found === undefined) {
      const tree = receiptTree(
        domain,
        evidence.map(({ receipt }) => receipt),
      );
      return { name: "revealAbsent", batch: header, index, tree };
    }
    const { signature: runnerSignature, voucher, voucherSignature, attribution } = found;
    const revelation = { placed: placed.open(index), runnerSignature, ...voucher, voucherSignature, attribution };
    return { name: "reveal", batch: header, index, revelation };
  }

  /** The newest batch is kept: each of its receipts may be demanded, and its tree is costly. */
  async #behind({ number, receiptsRoot }: Batch): Promise<Behind> {
    const { ledger, domain } = this.deps;
    if (this.#behindBatch?.receiptsRoot === receiptsRoot) return this.#behindBatch;
    const evidence = await ledger.evidence(number);
    if (evidence.length === 0) throw new Error(`This database holds no receipts of batch ${number}.`);
    const receipts = evidence.map(({ receipt }) => receipt);
    this.#behindBatch = { receiptsRoot, evidence, placed: placeReceipts(domain, receipts, receiptsRoot) };
    return this.#behindBatch;
  }

  /** Sends what is stored again. @returns Whether it may still land, so that no other is signed. */
  async #push(transaction: OutboxTransaction): Promise<boolean> {
    if ((await this.deps.chain.minedNonce()) > transaction.accountNonce) return false;
    const sent = this.#sent.get(transaction.hash);
    if (sent !== undefined && this.deps.now() - sent.first > replaceSeconds) return false;
    await this.#send(transaction);
    return true;
  }

  async #send(transaction: OutboxTransaction): Promise<void> {
    const now = this.deps.now();
    const sent = this.#sent.get(transaction.hash);
    if (sent !== undefined && now - sent.last < resendSeconds) return;
    this.#sent.set(transaction.hash, { first: sent?.first ?? now, last: now });
    await this.deps.chain.send(transaction);
  }

  /** Frees the stake that answered demands of a batch locked, once the time to prove with what they brought is over. */
  async #release(
    demands: readonly StoredDemand[],
    head: { readonly number: bigint; readonly timestamp: bigint },
  ): Promise<void> {
    const { chain, ledger, recheckDepth, log } = this.deps;
    const [first] = demands;
    const { reveal } = await chain.clocks();
    const isOver = ({ answeredAt, deadline }: StoredDemand) =>
      answeredAt !== undefined && head.number - answeredAt >= recheckDepth && head.timestamp >= deadline + reveal;
    if (first === undefined || !demands.every(isOver)) return;
    if (first.transaction !== undefined && (await this.#push(first.transaction))) return;
    const header = await chain.header(first.batch);
    const call = header === undefined ? undefined : ({ name: "release", batch: header } as const);
    const refusal = call === undefined ? "no such batch" : await chain.refusal(call);
    // Another demand, of which this runner does not know yet, holds it: that one's turn comes.
    if (refusal?.startsWith("ReceiptCourt_StillLocked")) return;
    if (call === undefined || refusal !== undefined) {
      for (const demand of demands) await this.#drop(demand);
      return;
    }
    const transaction = await chain.sign(call, first.transaction);
    await ledger.setTransaction(first, transaction);
    await this.#send(transaction);
    log("releases the stake that demands had locked", { batch: first.batch, transaction: transaction.hash });
  }

  /** Forgets what stood behind batches whose trial is long over. */
  async #prune(timestamp: bigint): Promise<void> {
    const { chain, ledger, keepSeconds, now, log } = this.deps;
    if (now() < this.#pruneAt) return;
    const { trial, reveal } = await chain.clocks();
    const demanded = new Set((await ledger.demands()).map(({ batch }) => batch));
    for (const { id, batch, block } of await ledger.kept(prunedAtOnce)) {
      const end = (await chain.timestampOf(block)) + trial + 2n * reveal + keepSeconds;
      if (timestamp < end || demanded.has(batch)) break;
      await ledger.prune(id);
      log("forgot what stood behind a batch whose trial is over", { batch });
    }
    this.#pruneAt = now() + pruneSeconds;
  }

  /** Says early and often what keeps a demand from its answer, and rests ever longer, but never for the time that is left. */
  #fail(demand: StoredDemand, timestamp: bigint, error: unknown): void {
    const { batch, index, deadline } = demand;
    const failures = (this.#trouble.get(keyOf(demand))?.failures ?? 0) + 1;
    const left = Number(deadline - timestamp);
    this.#rest(demand, Math.min(2 ** Math.min(failures, 10), longestPauseSeconds, Math.max(left, 0) / leastTries));
    this.deps.log("A DEMANDED RECEIPT CANNOT BE SHOWN YET: if it is not, its batch is void and the runner slashed", {
      batch,
      index,
      deadline,
      secondsLeft: left,
      failures,
      error: describeError(error),
    });
  }

  #rest(demand: StoredDemand, seconds: number): void {
    const failures = (this.#trouble.get(keyOf(demand))?.failures ?? 0) + 1;
    this.#trouble.set(keyOf(demand), { failures, until: this.deps.now() + seconds });
  }

  #isResting(demand: StoredDemand): boolean {
    return (this.#trouble.get(keyOf(demand))?.until ?? 0) > this.deps.now();
  }

  #settle(demand: StoredDemand): void {
    this.#trouble.delete(keyOf(demand));
    if (demand.transaction !== undefined) this.#sent.delete(demand.transaction.hash);
  }

  async #drop(demand: StoredDemand): Promise<void> {
    this.#settle(demand);
    await this.deps.ledger.drop(demand);
  }
}

function keyOf({ batch, index }: StoredDemand): string {
  return `${batch}/${index}`;
}
