/**
 * Shows the court what it is asked for. A runner that is silent to one demand loses the whole batch and is slashed, so every
 * demand of its receipts is answered, whoever made it.
 *
 * ORDER of an answer: the demand is stored; the answer's transaction is signed and stored; only then it is sent. A process that
 * dies in between goes on where it was. Whether a demand is still open is asked of the chain before anything is signed, and the
 * court takes one answer only, so that nothing is answered twice.
 *
 * WHOLE BATCHES are shown in ranges, one transaction on its way at a time. How far they are shown is asked of the chain each
 * time, so that what others showed is not shown again and what a reorganisation took back is.
 *
 * MONEY. An answer brings its demand's deposit. What the demand locked of the stake is released as soon as the court lets it.
 *
 * REORGANISATIONS. Demands of the last `recheckDepth` blocks are looked for again, answers are looked at again until they are so
 * deep.
 */
import { type MarketDomain, WHOLE_BATCH } from "@openledger/sdk";
import type { Hex } from "viem";
import { describeError, type Log } from "../Log.js";
import type { OutboxTransaction } from "../store/BatchLedger.js";
import type { DemandLedger, StoredDemand } from "../store/DemandLedger.js";
import { AnswerOutbox } from "./AnswerOutbox.js";
import { CourtAnswers } from "./CourtAnswers.js";
import type { CourtCall, CourtChain } from "./CourtChain.js";
import { EvidencePruner } from "./EvidencePruner.js";

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

interface Trouble {
  readonly failures: number;
  /** When it is tried again, seconds since 1970. */
  readonly until: number;
}

const rangeBlocks = 5_000n;
const longestPauseSeconds = 60;
/** So many tries at least fit into what is left of a demand's time. */
const leastTries = 8;
/** So many whole batches are shown at a time, those that end first before the others: settling and single answers go on. */
const wholesAtOnce = 4;

export class DemandAnswerer {
  readonly #answers: CourtAnswers;
  readonly #outbox: AnswerOutbox;
  readonly #pruner: EvidencePruner;
  readonly #trouble = new Map<string, Trouble>();
  /** Whole batches of which this process shows receipts. */
  readonly #showing = new Set<string>();
  /** How many more whole batches this step may see to. */
  #wholesLeft = 0;
  #head: Hex | undefined;
  #isBusy = false;

  constructor(private readonly deps: DemandAnswererDeps) {
    this.#answers = new CourtAnswers(deps.domain, deps.ledger, deps.chain);
    this.#outbox = new AnswerOutbox(deps);
    this.#pruner = new EvidencePruner(deps);
  }

  /** One step. @throws RunnerError `chain_unavailable`, `database_unavailable` */
  async step(): Promise<void> {
    const { chain, ledger } = this.deps;
    const head = await chain.head();
    if (head.hash === this.#head && !this.#isBusy) return;
    await this.#follow(head.number);
    const demands = await ledger.demands();
    this.#wholesLeft = wholesAtOnce;
    for (const demand of demands) {
      await this.#see(demand, head).catch((error: unknown) => this.#fail(demand, head.timestamp, error));
    }
    for (const batch of new Set(demands.map((demand) => demand.batch))) {
      const own = (await ledger.demands()).filter((demand) => demand.batch === batch);
      await this.#release(own, head).catch((error: unknown) => {
        this.deps.log("locked stake could not be released yet", { batch, error: describeError(error) });
      });
    }
    await this.#pruner.step(head.timestamp);
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
    const own = demand.state === "open" ? demand.transaction : undefined;
    // Asked first: what has landed by then shows in what the court is asked next.
    const isLanded = own !== undefined && (await this.#outbox.isLanded(own));
    const { state, shown } = await chain.demandOf(batch, index);
    if (state === "revealed" || state === "absent") {
      if (demand.state === "open") {
        this.#forget(demand);
        await ledger.answered(demand, head.number);
        if (isWhole(demand)) log("a batch that was demanded whole is shown", { batch, receipts: shown });
        else log("a demanded receipt is answered", { batch, index, state });
      }
      return;
    }
    if (state === "returned") log("a batch fell; its open demand is returned", nameOf(demand));
    if (state !== "open") return this.#drop(demand);
    if (demand.state === "answered") await ledger.reopen(demand);
    if (head.timestamp >= deadline) {
      if (!this.#isResting(demand)) {
        this.#rest(demand, longestPauseSeconds);
        log("A DEMAND WAS NOT ANSWERED IN TIME: anybody may void the batch, the runner is slashed", {
          ...nameOf(demand),
          deadline,
        });
      }
      return;
    }
    const isOvertaken = () => own !== undefined && this.#isOvertaken(own, shown);
    if (own === undefined || isLanded || !(await this.#outbox.push(own, isOvertaken))) {
      if (this.#isResting(demand) || (isWhole(demand) && this.#wholesLeft <= 0)) return;
      await this.#answer(demand, shown, own);
    }
    if (isWhole(demand)) this.#wholesLeft -= 1;
  }

  /** Whether what is on its way shows none of the receipts of a whole batch that are next: it would be refused. */
  #isOvertaken(transaction: OutboxTransaction, shown: number): boolean {
    const range = this.deps.chain.shownBy(transaction);
    return range !== undefined && (range.first > shown || range.end <= shown);
  }

  /** @throws Error when the answer cannot be made or the court refuses it. */
  async #answer(demand: StoredDemand, shown: number, replaced: OutboxTransaction | undefined): Promise<void> {
    const { chain } = this.deps;
    const { batch, index } = demand;
    const call = await this.#answers.to(demand, shown);
    const refusal = await chain.refusal(call);
    if (refusal !== undefined) {
      const now = await chain.demandOf(batch, index);
      // Somebody else was faster: the next step goes on from there.
      if (now.state !== "open" || now.shown !== shown) return;
      throw new Error(`The court refuses the answer: ${refusal}`);
    }
    const { hash } = await this.#outbox.put(demand, call, replaced);
    this.#trouble.delete(keyOf(demand));
    this.#say(demand, call, hash);
  }

  #say(demand: StoredDemand, call: CourtCall, transaction: string): void {
    const { batch, index, deadline } = demand;
    if (call.name !== "disclose") {
      this.deps.log("answers a demanded receipt", { batch, index, deadline, transaction });
      return;
    }
    if (this.#showing.has(keyOf(demand))) return;
    this.#showing.add(keyOf(demand));
    const { first, count } = call.range;
    this.deps.log("shows a batch that was demanded whole", { batch, receipts: count, shown: first, deadline });
  }

  /** Frees the stake that answered demands of a batch locked, once the time to prove with what they brought is over. */
  async #release(
    demands: readonly StoredDemand[],
    head: { readonly number: bigint; readonly timestamp: bigint },
  ): Promise<void> {
    const { chain, recheckDepth, log } = this.deps;
    const [first] = demands;
    const { reveal } = await chain.clocks();
    const isOver = ({ answeredAt, deadline }: StoredDemand) =>
      answeredAt !== undefined && head.number - answeredAt >= recheckDepth && head.timestamp >= deadline + reveal;
    if (first === undefined || !demands.every(isOver)) return;
    const own = first.transaction;
    if (own !== undefined && !(await this.#outbox.isLanded(own)) && (await this.#outbox.push(own))) return;
    const header = await chain.header(first.batch);
    const call = header === undefined ? undefined : ({ name: "release", batch: header } as const);
    const refusal = call === undefined ? "no such batch" : await chain.refusal(call);
    // Another demand, of which this runner does not know yet, holds it: that one's turn comes.
    if (refusal?.startsWith("ReceiptCourt_StillLocked")) return;
    if (call === undefined || refusal !== undefined) {
      for (const demand of demands) await this.#drop(demand);
      return;
    }
    const { hash } = await this.#outbox.put(first, call, own);
    log("releases the stake that demands had locked", { batch: first.batch, transaction: hash });
  }

  /** Says early and often what keeps a demand from its answer, and rests ever longer, but never for the time that is left. */
  #fail(demand: StoredDemand, timestamp: bigint, error: unknown): void {
    const { deadline } = demand;
    const failures = (this.#trouble.get(keyOf(demand))?.failures ?? 0) + 1;
    const left = Number(deadline - timestamp);
    this.#rest(demand, Math.min(2 ** Math.min(failures, 10), longestPauseSeconds, Math.max(left, 0) / leastTries));
    this.deps.log("A DEMANDED RECEIPT CANNOT BE SHOWN YET: if it is not, its batch is void and the runner slashed", {
      ...nameOf(demand),
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

  #forget(demand: StoredDemand): void {
    this.#trouble.delete(keyOf(demand));
    this.#showing.delete(keyOf(demand));
    this.#outbox.forget(demand);
  }

  async #drop(demand: StoredDemand): Promise<void> {
    this.#forget(demand);
    await this.deps.ledger.drop(demand);
  }
}

function isWhole({ index }: StoredDemand): boolean {
  return index === WHOLE_BATCH;
}

function nameOf(demand: StoredDemand): { readonly batch: bigint; readonly index: number | "whole" } {
  return { batch: demand.batch, index: isWhole(demand) ? "whole" : demand.index };
}

function keyOf({ batch, index }: StoredDemand): string {
  return `${batch}/${index}`;
}
