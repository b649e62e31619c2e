/**
 * Voids batches of which arithmetic shows that they are false, by the one proof that shows it, and sees to it that payers get
 * back what they paid for them.
 *
 * Whether a batch stands is asked of the followed chain each time anew, so that a proof that a reorganisation took away is sent
 * again, and none is sent twice. A proof costs gas and brings a bounty: no budget bounds it.
 */
import {
  type Batch,
  type BatchOpening,
  batchHash,
  type Deployment,
  EMPTY_CHAIN,
  findBatchFault,
  inferenceMarketAbi,
  type MarketDomain,
  type Price,
  packSettlementList,
  receiptCourtAbi,
  receiptVerifierAbi,
} from "@openledger/sdk";
import type { BatchFiles } from "../attribute/BatchFiles.js";
import type { Clock } from "../Clock.js";
import type { ProtocolReader } from "../chain/ProtocolReader.js";
import type { Log } from "../Log.js";
import { OracleError } from "../OracleError.js";
import type { Outbox } from "../settle/Outbox.js";
import type { BatchLedger } from "../store/BatchLedger.js";
import type { ChainFacts, SettledBatch } from "../store/ChainFacts.js";
import type { CourtFacts } from "../store/CourtFacts.js";

export interface BatchProverDeps {
  readonly deployment: Pick<Deployment, "addresses">;
  readonly domain: MarketDomain;
  readonly facts: Pick<ChainFacts, "batches" | "settlements" | "model" | "newestBlock">;
  readonly courtFacts: Pick<CourtFacts, "convictions">;
  readonly batches: Pick<BatchLedger, "unsearched" | "searched">;
  readonly batchFiles: Pick<BatchFiles, "read">;
  readonly chain: Pick<ProtocolReader, "now" | "batches" | "batchOpening" | "courtClocks">;
  readonly outbox: Pick<Outbox, "submit" | "account">;
  readonly clock: Clock;
  readonly log: Log;
  /** Blocks that must lie above what a transaction follows from. */
  readonly confirmations: bigint;
}

const searchedAtOnce = 8;
/** Entries that one transaction refunds. */
const refundedAtOnce = 40;
/** Pause before a batch that cannot be read, or whose proof was not taken, is looked at again. */
const againMs = 30_000;

export class BatchProver {
  /** When a batch is due again, by its header's hash: milliseconds since 1970. */
  readonly #againAt = new Map<string, number>();

  constructor(private readonly deps: BatchProverDeps) {}

  /** @returns Whether something was done. @throws OracleError `chain_unavailable`, `database_unavailable` */
  async step(signal: AbortSignal): Promise<boolean> {
    const { facts, batches, clock, log } = this.deps;
    if (await this.#refund(signal)) return true;
    let isAnyDone = false;
    for (const number of await batches.unsearched(searchedAtOnce)) {
      const [batch] = await facts.batches(number, number);
      if (batch === undefined || signal.aborted || !this.#isDue(batch)) continue;
      this.#againAt.set(batch.blockHash + batch.batch, clock.now().getTime() + againMs);
      try {
        isAnyDone = (await this.#search(batch, signal)) || isAnyDone;
      } catch (error) {
        if (signal.aborted || isTransient(error)) {
          this.#againAt.delete(batch.blockHash + batch.batch);
          throw error;
        }
        log.info(`Batch ${number} cannot be looked through yet: ${error instanceof Error ? error.message : error}`);
      }
    }
    return isAnyDone;
  }

  /** @returns Whether a proof has landed. */
  async #search(batch: SettledBatch, signal: AbortSignal): Promise<boolean> {
    const { deployment, domain, facts, batchFiles, chain, outbox, log, confirmations } = this.deps;
    const newest = await facts.newestBlock();
    if (newest === undefined || newest - batch.block < confirmations) return this.#soon(batch);
    const [settled] = await chain.batches(batch.batch, batch.batch);
    // Another branch: it will be followed.
    if (settled?.blockHash !== batch.blockHash) return this.#soon(batch);
    const { header } = settled;
    const { trial, reveal } = await chain.courtClocks();
    if ((await chain.now()) >= header.settledAt + trial + 2n * reveal) return this.#end(batch);
    const reading = await batchFiles.read(batch, signal);
    // What is withheld is demanded; it is looked through when it was revealed.
    if ("refused" in reading) return this.#end(batch);

    const receipts = reading.file.receipts.map(({ receipt }) => receipt);
    const prices = new Map<bigint, Price>();
    for (const model of new Set(receipts.map((receipt) => receipt.model))) {
      const found = await facts.model(model);
      if (found !== undefined) prices.set(model, found.price);
    }
    const settlements = await facts.settlements(batch.batch);
    const faultBy = (opening: BatchOpening) =>
      findBatchFault({
        market: domain,
        opening,
        receipts,
        settlements,
        priceOf: (model) => prices.get(model),
        // Receipts that this oracle has of other batches, from files or revelations, lie in what those settled.
        held: [],
      });
    if (faultBy({ batch: header, chainBefore: EMPTY_CHAIN, later: [] }) === undefined) return this.#end(batch);

    const opening = await chain.batchOpening(batch.batch);
    if (opening === undefined) {
      await this.#pin(batch.batch, signal);
      return this.#soon(batch);
    }
    const found = faultBy(opening)!;
    log.fault(`Batch ${batch.batch} of ${batch.runner} is false: ${found.fault}. Sending ${found.proof.name}.`);
    const outcome = await outbox.submit(
      {
        purpose: `prove batch ${batch.batch} false, ${found.proof.name}: ${openingText(opening)}`,
        address: deployment.addresses.receiptVerifier,
        abi: receiptVerifierAbi,
        functionName: found.proof.name,
        args: found.proof.args,
      },
      signal,
    );
    // Once it has landed the batch is void and is not found here again, unless a reorganisation takes the proof away.
    if (outcome.kind !== "refused") this.#soon(batch);
    if (outcome.kind === "refused") log.fault(`The proof against batch ${batch.batch} was not taken: ${outcome.error}`);
    return outcome.kind === "done";
  }

  /** Nothing, or nothing more, is to be proven. */
  async #end(batch: SettledBatch): Promise<boolean> {
    this.#againAt.delete(batch.blockHash + batch.batch);
    await this.deps.batches.searched(batch);
    return false;
  }

  #soon(batch: SettledBatch): boolean {
    this.#againAt.delete(batch.blockHash + batch.batch);
    return false;
  }

  #isDue({ batch, blockHash }: SettledBatch): boolean {
    return this.deps.clock.now().getTime() >= (this.#againAt.get(blockHash + batch) ?? 0);
  }

  async #pin(batch: bigint, signal: AbortSignal): Promise<void> {
    const { deployment, outbox } = this.deps;
    const address = deployment.addresses.inferenceMarket;
    const call = { purpose: `pin batches for ${batch}`, address, abi: inferenceMarketAbi, functionName: "pinBatches" };
    await outbox.submit({ ...call, args: [] }, signal);
  }

  /** Pays payers of batches that this oracle voided, some entries a transaction. */
  async #refund(signal: AbortSignal): Promise<boolean> {
    const { deployment, facts, courtFacts, chain, outbox, log } = this.deps;
    for (const { batch, entriesPaid } of await courtFacts.convictions(outbox.account)) {
      const settlements = await facts.settlements(batch);
      if (entriesPaid >= settlements.length) continue;
      const [settled] = await chain.batches(batch, batch);
      if (settled === undefined) continue;
      const outcome = await outbox.submit(
        {
          purpose: `refund batch ${batch} (${batchHash(settled.header)}) from entry ${entriesPaid} on`,
          address: deployment.addresses.receiptCourt,
          abi: receiptCourtAbi,
          functionName: "refund",
          args: [settled.header, packSettlementList(settlements), refundedAtOnce],
        },
        signal,
      );
      if (outcome.kind === "refused") log.info(`The refund of batch ${batch} was not taken: ${outcome.error}.`);
      if (outcome.kind === "done") return true;
    }
    return false;
  }
}

/** What decides an opening's bytes. */
export function openingText({
  batch,
  chainBefore,
  later,
}: {
  batch: Batch;
  chainBefore: string;
  later: readonly string[];
}) {
  return `${batchHash(batch)} behind ${chainBefore}, ${later.length} up to ${later[later.length - 1] ?? "itself"}`;
}

function isTransient(error: unknown): boolean {
  return error instanceof OracleError && (error.code === "chain_unavailable" || error.code === "database_unavailable");
}
