/**
 * Ends demands that nobody answered: their silence voids the batch, which brings the deposit back and a bounty to whoever
 * demanded. A deposit whose batch fell otherwise is fetched.
 */
import { batchHash, type Deployment, receiptCourtAbi } from "@openledger/sdk";
import { isAddressEqual } from "viem";
import type { ProtocolReader } from "../chain/ProtocolReader.js";
import type { Log } from "../Log.js";
import type { Outbox } from "../settle/Outbox.js";
import type { CourtFacts, ReceiptDemand } from "../store/CourtFacts.js";
import { demandedText } from "./demandedText.js";

export interface DemandEnderDeps {
  readonly deployment: Pick<Deployment, "addresses">;
  readonly courtFacts: Pick<CourtFacts, "openReceiptDemands" | "voidBatches">;
  readonly chain: Pick<ProtocolReader, "now" | "batches" | "courtClocks">;
  readonly outbox: Pick<Outbox, "submit" | "account">;
  readonly log: Log;
}

/** Others have this part of `revealPeriod` to end their own demands, which bring them the bounty. */
const partForOthers = 8n;

export class DemandEnder {
  constructor(private readonly deps: DemandEnderDeps) {}

  /** Ends the first of this oracle's own demands that can be ended. @returns Whether that was done. */
  async endOwn(signal: AbortSignal): Promise<boolean> {
    const { courtFacts, chain, outbox } = this.deps;
    const open = await courtFacts.openReceiptDemands(outbox.account);
    if (open.length === 0) return false;
    const now = await chain.now();
    const voided = new Set(await courtFacts.voidBatches());
    const due = open.find(({ batch, deadline }) => voided.has(batch) || deadline <= now);
    if (due === undefined) return false;
    return voided.has(due.batch) ? this.#fetch(due, signal) : this.#expire(due, signal);
  }

  /**
   * Ends what others demanded of a batch and left: while such a demand is open, nobody can demand the same, and a runner that
   * made it itself would hold up epochs with it.
   *
   * @param demands Of a batch that stands. @returns Whether one was ended.
   */
  async endLeft(demands: readonly ReceiptDemand[], signal: AbortSignal): Promise<boolean> {
    const { chain, outbox } = this.deps;
    const open = demands.filter(({ state, demander }) => state === "open" && !isAddressEqual(demander, outbox.account));
    if (open.length === 0) return false;
    const { reveal } = await chain.courtClocks();
    const now = await chain.now();
    const left = open.find(({ deadline }) => deadline + reveal / partForOthers < now);
    return left !== undefined && this.#expire(left, signal);
  }

  async #expire({ batch, receiptIndex }: ReceiptDemand, signal: AbortSignal): Promise<boolean> {
    const { chain, log } = this.deps;
    const [settled] = await chain.batches(batch, batch);
    if (settled === undefined) return false;
    const what = demandedText(batch, receiptIndex);
    log.fault(`Nobody showed ${what} in time: the batch is voided.`);
    const purpose = `expire the demand of ${what}, ${batchHash(settled.header)}`;
    return this.#end(purpose, "expire", [settled.header, receiptIndex], signal);
  }

  async #fetch({ batch, receiptIndex }: ReceiptDemand, signal: AbortSignal): Promise<boolean> {
    const purpose = `have back the deposit of ${demandedText(batch, receiptIndex)}`;
    return this.#end(purpose, "returnDeposit", [batch, receiptIndex], signal);
  }

  async #end(
    purpose: string,
    functionName: "expire" | "returnDeposit",
    args: readonly unknown[],
    signal: AbortSignal,
  ): Promise<boolean> {
    const { deployment, outbox, log } = this.deps;
    const call = { purpose, address: deployment.addresses.receiptCourt, abi: receiptCourtAbi, functionName, args };
    const outcome = await outbox.submit(call, signal);
    if (outcome.kind === "refused") log.info(`The court did not ${purpose}: ${outcome.error}.`);
    return outcome.kind === "done";
  }
}
