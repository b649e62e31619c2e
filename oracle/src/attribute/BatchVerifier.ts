/**
 * Reads settled batches and judges each of their receipts.
 *
 * A receipt is credited, or disputed with what was asked and found; an epoch goes on without the disputed ones, so that
 * one false receipt does not hold back what others earned. What cannot be read now (a file, a runner) is tried again
 * for the grace period and counts as false after it: else one silent runner would stop every epoch.
 *
 * Each verdict is stored as it is reached. A killed oracle goes on behind the last one.
 */
import { type AttributedReceipt, type ContentClient, type MarketDomain, OpenLedgerError } from "@openledger/sdk";
import type { Clock } from "../Clock.js";
import type { Log } from "../Log.js";
import { OracleError } from "../OracleError.js";
import type { BatchLedger } from "../store/BatchLedger.js";
import type { ChainFacts, RegisteredModel, SettledBatch } from "../store/ChainFacts.js";
import type { AttributionAuditor } from "./AttributionAuditor.js";
import { type CheckedReceipt, checkReceipts } from "./checkReceipts.js";
import type { ReceiptFault } from "./ReceiptFault.js";
import type { RunnerClient } from "./RunnerClient.js";
import { readBatchFile } from "./readBatchFile.js";

/** What recomputing needs. Without it receipts are believed as far as the chain and their file bind them. */
export interface Recomputation {
  readonly auditor: AttributionAuditor;
  readonly runners: RunnerClient;
  /** Asked instead of what runners announce on chain. */
  readonly runnerUrl: string | undefined;
}

export interface BatchVerifierDeps {
  readonly domain: MarketDomain;
  readonly content: ContentClient;
  readonly facts: ChainFacts;
  readonly batches: BatchLedger;
  readonly clock: Clock;
  readonly log: Log;
  /** How long what cannot be read is waited for. */
  readonly graceSeconds: number;
  readonly recomputation: Recomputation | undefined;
}

const batchesAtOnce = 4;
const retrySeconds = 2;

export class BatchVerifier {
  readonly #prepared = new Set<bigint>();

  constructor(private readonly deps: BatchVerifierDeps) {}

  /** One round over what is to be read. @returns Whether there may be more at once. */
  async step(signal: AbortSignal): Promise<boolean> {
    const { facts, clock, log } = this.deps;
    const triedBefore = new Date(clock.now().getTime() - retrySeconds * 1000);
    const unread = await facts.unreadBatches(batchesAtOnce, triedBefore);
    for (const batch of unread) {
      if (signal.aborted) return false;
      try {
        await this.#read(batch, signal);
      } catch (error) {
        if (signal.aborted) return false;
        if (isDatabaseFault(error)) throw error;
        log.fault(`Batch ${batch.batch} is not read yet`, error);
      }
    }
    if (unread.length === 0) await this.#prepare(signal);
    return unread.length > 0;
  }

  async #read(batch: SettledBatch, signal: AbortSignal): Promise<void> {
    const { batches, clock, content, domain, log } = this.deps;
    const firstTried = await batches.begin(batch, clock.now());
    if (firstTried === undefined) return;
    const patient = clock.now().getTime() - firstTried.getTime() < this.deps.graceSeconds * 1000;

    let bytes: Uint8Array;
    try {
      bytes = await content.get(batch.dataHash, { signal });
    } catch (error) {
      if (patient || signal.aborted) throw error;
      return this.#refuse(batch, `its file ${batch.dataHash} was not to be had for ${this.deps.graceSeconds} s`);
    }
    const reading = readBatchFile(domain, batch, bytes);
    if ("refused" in reading) return this.#refuse(batch, reading.refused);

    const { file } = reading;
    const models = await this.#modelsOf(file.receipts);
    const settlements = await this.deps.facts.settlements(batch.batch);
    const checked = await checkReceipts(file, { domain, settlements, models });
    const done = await batches.judged(batch.batch);
    let waiting: unknown;
    for (const [receiptIndex, receipt] of checked.entries()) {
      if (done.has(receiptIndex)) continue;
      const model = models.get(receipt.entry.receipt.model);
      const verdict = await this.#judge(batch, receipt, model, patient, signal).catch((error: unknown) => {
        if (signal.aborted || isDatabaseFault(error)) throw error;
        // The others need not wait for this one.
        waiting = error;
        return "later" as const;
      });
      if (verdict !== "later") await this.#keep(batch, receiptIndex, receipt, verdict);
    }
    if (waiting !== undefined) throw waiting;
    await batches.finish(batch, checked.length);
    log.info(`Batch ${batch.batch}: ${checked.length} receipts judged.`);
  }

  async #judge(
    batch: SettledBatch,
    { hash, entry, fault }: CheckedReceipt,
    model: RegisteredModel | undefined,
    patient: boolean,
    signal: AbortSignal,
  ): Promise<ReceiptFault | undefined> {
    const { recomputation, facts } = this.deps;
    if (fault !== undefined || model === undefined) return fault;
    if (model.versions.length === 0) {
      const named = entry.shares.length + entry.records.length;
      return named === 0
        ? undefined
        : { check: "shares", asked: "nobody, as the model names no Datanet", found: `${named} shares and records` };
    }
    if (recomputation === undefined) return undefined;

    const url = recomputation.runnerUrl ?? (await facts.runnerEndpoint(batch.runner));
    try {
      if (url === undefined) {
        throw new OracleError("runner_unavailable", `Runner ${batch.runner} announces no endpoint.`, {
          retryable: true,
        });
      }
      const answer = await recomputation.runners.disclose(url, hash, signal);
      return await recomputation.auditor.audit(entry, model, answer, signal);
    } catch (error) {
      if (patient || signal.aborted || !(error instanceof OracleError || error instanceof OpenLedgerError)) throw error;
      if (isDatabaseFault(error)) throw error;
      const check =
        error.code.startsWith("runner_") || error.code === "malformed_document" ? "undisclosed" : "unverifiable";
      return { check, asked: `receipt ${hash}`, found: error.message };
    }
  }

  async #keep(
    batch: SettledBatch,
    receiptIndex: number,
    { hash, entry }: CheckedReceipt,
    verdict: ReceiptFault | undefined,
  ): Promise<void> {
    const { receipt, shares } = entry;
    const { model, cumulative, fee } = receipt;
    await this.deps.batches.judge(
      batch,
      { batch: batch.batch, receiptIndex, hash, model, cumulative, fee, shares, fault: verdict },
      this.deps.clock.now(),
    );
    if (verdict === undefined) return;
    this.deps.log.fault(
      `Receipt ${hash} (batch ${batch.batch}, ${receiptIndex}) is disputed by ${verdict.check}: ` +
        `asked ${verdict.asked}, found ${verdict.found}`,
    );
  }

  async #refuse(batch: SettledBatch, reason: string): Promise<void> {
    await this.deps.batches.refuse(batch, reason);
    this.deps.log.fault(`Batch ${batch.batch} of runner ${batch.runner} is refused: ${reason}`);
  }

  async #modelsOf(receipts: readonly AttributedReceipt[]): Promise<ReadonlyMap<bigint, RegisteredModel>> {
    const models = new Map<bigint, RegisteredModel>();
    for (const number of new Set(receipts.map(({ receipt }) => receipt.model))) {
      const model = await this.deps.facts.model(number);
      if (model !== undefined) models.set(number, model);
    }
    return models;
  }

  /** Builds the indexes of registered models before their first receipt comes. */
  async #prepare(signal: AbortSignal): Promise<void> {
    const { recomputation, facts, log } = this.deps;
    if (recomputation === undefined) return;
    for (const model of await facts.models()) {
      if (model.versions.length === 0 || this.#prepared.has(model.model) || signal.aborted) continue;
      this.#prepared.add(model.model);
      await recomputation.auditor.prepare(model, signal).catch((error: unknown) => {
        if (isDatabaseFault(error)) this.#prepared.delete(model.model);
        // Its first receipt tries again and says so if it fails then.
        else if (!signal.aborted) log.fault(`Model ${model.model} cannot be prepared yet`, error);
      });
    }
  }
}

function isDatabaseFault(error: unknown): boolean {
  return error instanceof OracleError && error.code === "database_unavailable";
}
