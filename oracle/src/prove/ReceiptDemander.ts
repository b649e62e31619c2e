/**
 * Asks the court for what runners withhold: batches whose file nobody has or that is another's, receipts whose signature or
 * shares the file has not.
 *
 * Silence voids the batch, which brings the deposit back and a bounty. An answer is on the chain for everybody: the batch is read
 * again with it. Deposits stay within the budget.
 */
import { batchHash, type Deployment, inferenceMarketAbi, receiptCourtAbi } from "@openledger/sdk";
import { isAddressEqual } from "viem";
import { WITHHELD_CHECKS } from "../attribute/ReceiptFault.js";
import type { Clock } from "../Clock.js";
import type { ProtocolReader } from "../chain/ProtocolReader.js";
import type { Log } from "../Log.js";
import type { Budget } from "../settle/Budget.js";
import type { Outbox } from "../settle/Outbox.js";
import type { Purse } from "../settle/Purse.js";
import type { BatchLedger } from "../store/BatchLedger.js";
import type { ChainFacts, SettledBatch } from "../store/ChainFacts.js";
import type { CourtFacts, ReceiptDemand } from "../store/CourtFacts.js";
import type { EpochLedger } from "../store/EpochLedger.js";
import { openingText } from "./BatchProver.js";

export interface ReceiptDemanderDeps {
  readonly deployment: Pick<Deployment, "addresses">;
  readonly facts: Pick<ChainFacts, "batches" | "newestBlock">;
  readonly courtFacts: Pick<CourtFacts, "receiptDemands" | "openReceiptDemands" | "voidBatches">;
  readonly batches: Pick<BatchLedger, "withheld" | "reread">;
  readonly epochs: Pick<EpochLedger, "find">;
  readonly chain: Pick<ProtocolReader, "now" | "batches" | "batchOpening" | "courtClocks" | "demandPrice">;
  readonly outbox: Pick<Outbox, "submit" | "account">;
  readonly purse: Pick<Purse, "readiness">;
  readonly budget: Pick<Budget, "take" | "giveBack">;
  readonly clock: Clock;
  readonly log: Log;
  /** Blocks that must lie above what a transaction follows from. */
  readonly confirmations: bigint;
}

/** Demands of a batch that are open at once: more would cost more each. */
const openAtOnce = 16;
const approvedDeposits = 32n;
/** Pause before a batch of which nothing could be demanded is tried again. */
const restMs = 60_000;

export class ReceiptDemander {
  /** When nothing can be demanded of a batch before: milliseconds since 1970. */
  readonly #restUntil = new Map<string, number>();

  constructor(private readonly deps: ReceiptDemanderDeps) {}

  /** @returns Whether something was done. @throws OracleError `chain_unavailable`, `database_unavailable` */
  async step(signal: AbortSignal): Promise<boolean> {
    if (await this.#end(signal)) return true;
    const { facts, courtFacts, batches, clock } = this.deps;
    for (const { batch: number, isRefused, receiptIndices } of await batches.withheld([...WITHHELD_CHECKS])) {
      const [batch] = await facts.batches(number, number);
      if (batch === undefined || signal.aborted || this.#isResting(batch)) continue;
      const demands = await courtFacts.receiptDemands(number);
      const answered = new Set(demands.filter(({ state }) => state === "answered").map((one) => one.receiptIndex));
      const count = demands.find((demand) => demand.count !== undefined)?.count;
      const wanted = isRefused ? placesOf(count) : receiptIndices;
      const isAllAnswered = (!isRefused || count !== undefined) && wanted.every((index) => answered.has(index));
      if (isAllAnswered) {
        await batches.reread(batch, wanted, clock.now());
        return true;
      }
      if (await this.#demand(batch, demands, wanted, signal)) return true;
    }
    return false;
  }

  /** Demands the first of what was not demanded yet, by whomever. */
  async #demand(
    batch: SettledBatch,
    demands: readonly ReceiptDemand[],
    wanted: readonly number[],
    signal: AbortSignal,
  ): Promise<boolean> {
    const { deployment, facts, chain, outbox, purse, budget, log, confirmations } = this.deps;
    const demanded = new Set(demands.map(({ receiptIndex }) => receiptIndex));
    const index = wanted.find((one) => !demanded.has(one));
    const open = demands.filter(({ state }) => state === "open").length;
    if (index === undefined || open >= openAtOnce) return false;
    const newest = await facts.newestBlock();
    if (newest === undefined || newest - batch.block < confirmations) return false;
    const [settled] = await chain.batches(batch.batch, batch.batch);
    if (settled?.blockHash !== batch.blockHash) return false;
    const { trial } = await chain.courtClocks();
    if ((await chain.now()) >= settled.header.settledAt + trial) {
      await this.#say(batch, `Batch ${batch.batch} is withheld, and the court takes no demand of it any more.`);
      return this.#rest(batch);
    }
    const opening = await chain.batchOpening(batch.batch);
    if (opening === undefined) {
      const address = deployment.addresses.inferenceMarket;
      const pin = {
        purpose: `pin batches for ${batch.batch}`,
        address,
        abi: inferenceMarketAbi,
        functionName: "pinBatches",
      };
      return (await outbox.submit({ ...pin, args: [] }, signal)).kind === "done";
    }

    const deposit = await chain.demandPrice(batch.batch, index);
    const spender = deployment.addresses.receiptCourt;
    const need = { amount: deposit, what: "deposit of a demand", spender, approved: deposit * approvedDeposits };
    const readiness = await purse.readiness(need, signal);
    if (readiness !== "ready") return readiness === "missing" && this.#rest(batch);
    const subject = `demand ${batch.batch}/${index}`;
    if (!(await budget.take(subject, deposit))) return this.#rest(batch);
    const outcome = await outbox.submit(
      {
        purpose: `demand receipt ${index} of batch ${batch.batch}: ${openingText(opening)}`,
        address: spender,
        abi: receiptCourtAbi,
        functionName: "demand",
        args: [opening, index],
      },
      signal,
    );
    if (outcome.kind === "refused") {
      await budget.giveBack(subject);
      log.info(`The demand of receipt ${index} of batch ${batch.batch} was not taken: ${outcome.error}.`);
      return this.#rest(batch);
    }
    return outcome.kind === "done";
  }

  #rest({ batch, blockHash }: SettledBatch): false {
    this.#restUntil.set(blockHash + batch, this.deps.clock.now().getTime() + restMs);
    return false;
  }

  #isResting({ batch, blockHash }: SettledBatch): boolean {
    return this.deps.clock.now().getTime() < (this.#restUntil.get(blockHash + batch) ?? 0);
  }

  /** Ends this oracle's own demands: by silence, or since their batch fell otherwise. */
  async #end(signal: AbortSignal): Promise<boolean> {
    const { deployment, courtFacts, chain, outbox, log } = this.deps;
    const open = await courtFacts.openReceiptDemands(outbox.account);
    if (open.length === 0) return false;
    const now = await chain.now();
    const voided = new Set(await courtFacts.voidBatches());
    const due = open.find(({ batch, deadline }) => voided.has(batch) || deadline <= now);
    if (due === undefined || !isAddressEqual(due.demander, outbox.account)) return false;
    const { batch, receiptIndex } = due;
    const isVoid = voided.has(batch);
    const [settled] = isVoid ? [] : await chain.batches(batch, batch);
    if (!isVoid && settled === undefined) return false;
    if (!isVoid) log.fault(`Nobody showed receipt ${receiptIndex} of batch ${batch}: it is voided.`);
    const outcome = await outbox.submit(
      {
        purpose: isVoid
          ? `have back the deposit of receipt ${receiptIndex} of batch ${batch}`
          : `expire the demand of receipt ${receiptIndex} of batch ${batch}, ${settled && batchHash(settled.header)}`,
        address: deployment.addresses.receiptCourt,
        abi: receiptCourtAbi,
        functionName: isVoid ? "returnDeposit" : "expire",
        args: [isVoid ? batch : settled?.header, receiptIndex],
      },
      signal,
    );
    if (outcome.kind === "refused")
      log.info(`The end of the demand of batch ${batch} was not taken: ${outcome.error}.`);
    return outcome.kind === "done";
  }

  async #say({ batch }: SettledBatch, message: string): Promise<void> {
    const { epochs, clock, log } = this.deps;
    if (await epochs.find(`batch ${batch}`, "withheld", message, clock.now())) log.fault(message);
  }
}

/** All places of a batch; the first alone while nobody knows how many there are. */
function placesOf(count: number | undefined): readonly number[] {
  return count === undefined ? [0] : Array.from({ length: count }, (_, index) => index);
}
