/**
 * Reads settled batches and judges each of their receipts.
 *
 * A receipt is credited, or disputed with what was asked and found; an epoch goes on without the disputed ones, so that
 * one false receipt does not hold back what others earned. What cannot be read now (a file, a runner) is tried again
 * for the grace period and counts as false after it: else one silent runner would stop every epoch. A runner that
 * answers, but slowly, is asked round by round for twice that time.
 *
 * Each verdict is stored as it is reached. A killed oracle goes on behind the last one.
 */
import { AttributionError, RuntimeError } from "@openledger/engine";
import { type MarketDomain, OpenLedgerError } from "@openledger/sdk";
import type { Clock } from "../Clock.js";
import type { ProtocolReader } from "../chain/ProtocolReader.js";
import type { Log } from "../Log.js";
import { OracleError } from "../OracleError.js";
import type { BatchLedger } from "../store/BatchLedger.js";
import type { ChainFacts, RegisteredModel, SettledBatch } from "../store/ChainFacts.js";
import type { AttributionAuditor } from "./AttributionAuditor.js";
import type { BatchFiles } from "./BatchFiles.js";
import { type CheckedReceipt, checkReceipts } from "./checkReceipts.js";
import type { ReceiptFault } from "./ReceiptFault.js";
import type { RunnerClient } from "./RunnerClient.js";
import type { BatchReading, ReadReceipt } from "./readBatchFile.js";

/** What recomputing needs. Without it receipts are believed as far as the chain and their file bind them. */
export interface Recomputation {
  readonly auditor: AttributionAuditor;
  readonly runners: RunnerClient;
  /** Asked instead of what runners announce on chain. */
  readonly runnerUrl: string | undefined;
}

export interface BatchVerifierDeps {
  readonly domain: MarketDomain;
  readonly batchFiles: Pick<BatchFiles, "read" | "keep">;
  readonly facts: ChainFacts;
  readonly chain: Pick<ProtocolReader, "courtClocks">;
  readonly batches: BatchLedger;
  readonly clock: Clock;
  readonly log: Log;
  /** How long what cannot be read is waited for; a file no longer than a quarter of the time in which it can be demanded. */
  readonly graceSeconds: number;
  readonly recomputation: Recomputation | undefined;
}

/** How one round over a batch stands with the batch's runner. */
interface Round {
  /** Failures may still pass: what cannot be had now is asked for again. */
  readonly isPatient: boolean;
  /** What is not answered in this round never is. */
  readonly isLast: boolean;
  /** Milliseconds since 1970. */
  readonly endsAt: number;
  failures: number;
}

const batchesAtOnce = 4;
const fileGraceOfTrial = 1 / 4;
const retrySeconds = 2;
/** After so many failures in a round its runner is not asked again in it. */
const failuresOfRound = 3;
/** How long a round asks one runner: a slow one does not hold back the batches of others. */
const roundMs = 60_000;

export class BatchVerifier {
  readonly #prepared = new Set<bigint>();
  /** When this process first read each batch that it has not finished, milliseconds since 1970. */
  readonly #begun = new Map<string, number>();

  constructor(private readonly deps: BatchVerifierDeps) {}

  /**
   * One round over what is to be read.
   *
   * @param onWork Called before anything is read or prepared
   * @returns Whether there may be more at once
   */
  async step(signal: AbortSignal, onWork?: () => void): Promise<boolean> {
    const { facts, clock, log } = this.deps;
    const triedBefore = new Date(clock.now().getTime() - retrySeconds * 1000);
    const unread = await facts.unreadBatches(batchesAtOnce, triedBefore);
    if (unread.length > 0) onWork?.();
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
    if (unread.length === 0) await this.#prepare(signal, onWork);
    return unread.length > 0;
  }

  async #read(batch: SettledBatch, signal: AbortSignal): Promise<void> {
    const { batches, clock, batchFiles, domain, log } = this.deps;
    const firstTried = await batches.begin(batch, clock.now());
    if (firstTried === undefined) return;
    const key = `${batch.batch}/${batch.blockHash}`;
    const now = clock.now().getTime();
    const begun = this.#begun.get(key) ?? now;
    this.#begun.set(key, begun);
    const graceMs = this.deps.graceSeconds * 1000;
    const patient = now - firstTried.getTime() < graceMs;

    let reading: BatchReading;
    try {
      reading = await batchFiles.read(batch, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      const grace = await this.#fileGraceSeconds();
      if (now - firstTried.getTime() < grace * 1000) throw error;
      return this.#refuse(batch, `its file ${batch.dataHash} was not to be had for ${grace} s`);
    }
    if ("refused" in reading) return this.#refuse(batch, reading.refused);

    const { file } = reading;
    const models = await this.#modelsOf(file.receipts);
    const settlements = await this.deps.facts.settlements(batch.batch);
    const checked = await checkReceipts(file, { domain, settlements, models });
    const done = await batches.judged(batch.batch);
    const round: Round = {
      isPatient: patient,
      isLast: now - begun >= 2 * graceMs,
      endsAt: clock.now().getTime() + roundMs,
      failures: 0,
    };
    let waiting: unknown;
    let isKept = false;
    for (const [receiptIndex, receipt] of checked.entries()) {
      if (done.has(receiptIndex)) continue;
      const model = models.get(receipt.entry.receipt.model);
      const verdict = await this.#judge(batch, receipt, model, round, signal).catch((error: unknown) => {
        if (signal.aborted || isDatabaseFault(error)) throw error;
        // The others need not wait for this one.
        waiting = error;
        return "later" as const;
      });
      if (verdict === "later") continue;
      if (verdict !== undefined && !isKept) await batchFiles.keep(batch, clock.now(), signal).catch(() => {});
      isKept ||= verdict !== undefined;
      await this.#keep(batch, receiptIndex, receipt, verdict);
    }
    if (waiting !== undefined) throw waiting;
    await batches.finish(batch, checked.length);
    this.#begun.delete(key);
    log.info(`Batch ${batch.batch}: ${checked.length} receipts judged.`);
  }

  async #judge(
    batch: SettledBatch,
    { hash, entry, fault }: CheckedReceipt,
    model: RegisteredModel | undefined,
    round: Round,
    signal: AbortSignal,
  ): Promise<ReceiptFault | undefined> {
    const { recomputation, facts, clock } = this.deps;
    if (fault !== undefined || model === undefined) return fault;
    if (model.versions.length === 0) {
      const named = entry.shares.length + entry.records.length;
      return named === 0
        ? undefined
        : { check: "shares", asked: "nobody, as the model names no Datanet", found: `${named} shares and records` };
    }
    if (recomputation === undefined) return undefined;

    const url = recomputation.runnerUrl ?? (await facts.runnerEndpoint(batch.runner));
    const isLate = clock.now().getTime() >= round.endsAt;
    try {
      if (url === undefined) throw unavailable(`Runner ${batch.runner} announces no endpoint.`);
      if (isLate || round.failures >= failuresOfRound) {
        throw unavailable(`Runner ${batch.runner} is too slow: it is asked for the rest in another round.`);
      }
      const answer = await recomputation.runners.disclose(url, hash, signal);
      return await recomputation.auditor.audit(entry, model, answer, signal);
    } catch (error) {
      if (error instanceof OracleError && error.code === "runner_unavailable") round.failures += 1;
      const mayPass = round.isPatient || (isLate && !round.isLast);
      if (mayPass || signal.aborted || isOwnFault(error)) throw error;
      if (isErased(error)) {
        // Nobody can say that it is false, and its runner cannot help it.
        this.deps.log.fault(`Receipt ${hash} of batch ${batch.batch} is credited as its runner signed it`, error);
        return undefined;
      }
      const code = error instanceof OracleError || error instanceof OpenLedgerError ? error.code : "";
      const check = code.startsWith("runner_") || code === "malformed_document" ? "undisclosed" : "unverifiable";
      return { check, asked: `receipt ${hash}`, found: error instanceof Error ? error.message : String(error) };
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
    this.#begun.delete(`${batch.batch}/${batch.blockHash}`);
    this.deps.log.fault(`Batch ${batch.batch} of runner ${batch.runner} is refused: ${reason}`);
  }

  /** What is refused too late the court takes no demand of, and it holds up its epoch for good. */
  async #fileGraceSeconds(): Promise<number> {
    const { chain, graceSeconds } = this.deps;
    const { trial } = await chain.courtClocks();
    return Math.min(graceSeconds, Number(trial) * fileGraceOfTrial);
  }

  async #modelsOf(receipts: readonly ReadReceipt[]): Promise<ReadonlyMap<bigint, RegisteredModel>> {
    const models = new Map<bigint, RegisteredModel>();
    for (const number of new Set(receipts.map(({ receipt }) => receipt.model))) {
      const model = await this.deps.facts.model(number);
      if (model !== undefined) models.set(number, model);
    }
    return models;
  }

  /** Builds the indexes of registered models before their first receipt comes. */
  async #prepare(signal: AbortSignal, onWork?: () => void): Promise<void> {
    const { recomputation, facts, log } = this.deps;
    if (recomputation === undefined) return;
    for (const model of await facts.models()) {
      if (model.versions.length === 0 || this.#prepared.has(model.model) || signal.aborted) continue;
      this.#prepared.add(model.model);
      onWork?.();
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

/**
 * Whether this oracle itself failed: its database, its disk, its engine. Everything else comes of what a runner sent,
 * and would stop every epoch if it were waited for.
 */
function isOwnFault(error: unknown): boolean {
  if (isDatabaseFault(error)) return true;
  if (error instanceof RuntimeError) return error.code !== "invalid_request" && error.code !== "context_exceeded";
  if (error instanceof AttributionError) return error.code.startsWith("index_");
  // As the system and PostgreSQL mark theirs.
  return error instanceof Error && ("syscall" in error || "severity" in error);
}

/** Whether what an answer is checked by was erased, for good. */
function isErased(error: unknown): boolean {
  return error instanceof OracleError && error.code === "content_erased" && !error.retryable;
}

function unavailable(message: string): OracleError {
  return new OracleError("runner_unavailable", message, { retryable: true });
}
