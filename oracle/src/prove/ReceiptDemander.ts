/**
 * Asks the court for what runners withhold: all receipts of batches whose file nobody has or that is another's, receipts whose
 * signature or shares the file has not.
 *
 * Silence voids the batch, which brings the deposit back and a bounty. An answer is on the chain for everybody: the batch is read
 * again with it. Deposits stay within the budget. What others demanded is not demanded again.
 */
import { type Deployment, inferenceMarketAbi, receiptCourtAbi, WHOLE_BATCH } from "@openledger/sdk";
import type { Clock } from "../Clock.js";
import type { ProtocolReader } from "../chain/ProtocolReader.js";
import type { Log } from "../Log.js";
import type { Budget } from "../settle/Budget.js";
import type { Outbox } from "../settle/Outbox.js";
import type { Purse } from "../settle/Purse.js";
import type { BatchLedger } from "../store/BatchLedger.js";
import type { ChainFacts, SettledBatch } from "../store/ChainFacts.js";
import type { CourtFacts } from "../store/CourtFacts.js";
import type { EpochLedger } from "../store/EpochLedger.js";
import { openingText } from "./BatchProver.js";
import type { DemandEnder } from "./DemandEnder.js";
import { demandedText } from "./demandedText.js";
import { withheldStep } from "./withheldStep.js";

export interface ReceiptDemanderDeps {
  readonly deployment: Pick<Deployment, "addresses">;
  readonly facts: Pick<ChainFacts, "batches" | "newestBlock">;
  readonly courtFacts: Pick<CourtFacts, "receiptDemands">;
  readonly batches: Pick<BatchLedger, "withheld" | "reread">;
  readonly epochs: Pick<EpochLedger, "find">;
  readonly chain: Pick<ProtocolReader, "now" | "batches" | "batchOpening" | "courtClocks" | "demandPrice">;
  readonly ender: Pick<DemandEnder, "endOwn" | "endLeft">;
  readonly outbox: Pick<Outbox, "submit">;
  readonly purse: Pick<Purse, "readiness">;
  readonly budget: Pick<Budget, "take" | "giveBack">;
  readonly clock: Clock;
  readonly log: Log;
  /** Blocks that must lie above what a transaction follows from. */
  readonly confirmations: bigint;
}

/** What is approved at once, in deposits: a demand of a whole batch costs 16 times that of a receipt. */
const approvedDeposits = { one: 32n, whole: 2n };
/** Pause before a batch of which nothing could be demanded is tried again. */
const restMs = 60_000;

export class ReceiptDemander {
  /** When nothing can be demanded of a batch before: milliseconds since 1970. */
  readonly #restUntil = new Map<string, number>();

  constructor(private readonly deps: ReceiptDemanderDeps) {}

  /** @returns Whether something was done. @throws OracleError `chain_unavailable`, `database_unavailable` */
  async step(signal: AbortSignal): Promise<boolean> {
    const { facts, courtFacts, batches, ender, clock } = this.deps;
    if (await ender.endOwn(signal)) return true;
    for (const withheld of await batches.withheld()) {
      const [batch] = await facts.batches(withheld.batch, withheld.batch);
      if (batch === undefined || signal.aborted || this.#isResting(batch)) continue;
      const demands = await courtFacts.receiptDemands(batch.batch);
      if (await ender.endLeft(demands, signal)) return true;
      const step = withheldStep(withheld, demands);
      if (step.kind === "reread") {
        await batches.reread(batch, step.receiptIndices, clock.now());
        return true;
      }
      if (step.kind === "demand" && (await this.#demand(batch, step.index, signal))) return true;
    }
    return false;
  }

  /** @param index Of a receipt, or `WHOLE_BATCH`. */
  async #demand(batch: SettledBatch, index: number, signal: AbortSignal): Promise<boolean> {
    const { deployment, facts, chain, outbox, purse, budget, log, confirmations } = this.deps;
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
    const approved = deposit * approvedDeposits[index === WHOLE_BATCH ? "whole" : "one"];
    const readiness = await purse.readiness(
      { amount: deposit, what: "deposit of a demand", spender, approved },
      signal,
    );
    if (readiness !== "ready") return readiness === "missing" && this.#rest(batch);
    const subject = `demand ${batch.batch}/${index}`;
    if (!(await budget.take(subject, deposit))) return this.#rest(batch);
    const what = demandedText(batch.batch, index);
    const outcome = await outbox.submit(
      {
        purpose: `demand ${what}: ${openingText(opening)}`,
        address: spender,
        abi: receiptCourtAbi,
        functionName: "demand",
        args: [opening, index],
      },
      signal,
    );
    if (outcome.kind === "refused") {
      await budget.giveBack(subject);
      log.info(`The demand of ${what} was not taken: ${outcome.error}.`);
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

  async #say({ batch }: SettledBatch, message: string): Promise<void> {
    const { epochs, clock, log } = this.deps;
    if (await epochs.find(`batch ${batch}`, "withheld", message, clock.now())) log.fault(message);
  }
}
