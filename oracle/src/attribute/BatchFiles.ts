/**
 * Batches' receipts: from the file that the runner published, and from what the court had it reveal, which goes before the
 * file's. A batch whose file nobody has is known once all of its receipts were revealed.
 */
import type { ContentClient, MarketDomain } from "@openledger/sdk";
import type { SettledBatch } from "../store/ChainFacts.js";
import type { CourtFacts } from "../store/CourtFacts.js";
import type { EpochLedger } from "../store/EpochLedger.js";
import { type BatchReading, type ReadReceipt, readBatchFile, readReceipts } from "./readBatchFile.js";

export interface BatchFilesDeps {
  readonly domain: MarketDomain;
  readonly content: Pick<ContentClient, "get">;
  readonly epochs: Pick<EpochLedger, "file" | "keepFile">;
  readonly courtFacts: Pick<CourtFacts, "revealedReceipts">;
}

export class BatchFiles {
  constructor(private readonly deps: BatchFilesDeps) {}

  /** @throws ContentUnavailableError when nobody has it now, and the court has not had all of it revealed. */
  async read(batch: SettledBatch, signal: AbortSignal): Promise<BatchReading> {
    const { domain, courtFacts } = this.deps;
    const { receipts: revealed, count } = await courtFacts.revealedReceipts(batch.batch);
    const isWhole = count !== undefined && revealed.size === count;
    const assembled = () => readReceipts(domain, batch, [...revealed.values()]);
    let reading: BatchReading;
    try {
      reading = readBatchFile(domain, batch, await this.#bytes(batch, signal));
    } catch (error) {
      if (!isWhole || signal.aborted) throw error;
      return assembled();
    }
    if ("refused" in reading) return isWhole ? assembled() : reading;
    if (revealed.size === 0) return reading;
    const receipts = reading.file.receipts.map((entry, index): ReadReceipt => revealed.get(index) ?? entry);
    return { ...reading, file: { ...reading.file, receipts } };
  }

  /** Keeps the file of a batch in which something is false: a case of it is opened with it. */
  async keep(batch: SettledBatch, now: Date, signal: AbortSignal): Promise<void> {
    await this.deps.epochs.keepFile(await this.#bytes(batch, signal), now);
  }

  async #bytes({ dataHash }: SettledBatch, signal: AbortSignal): Promise<Uint8Array> {
    return (await this.deps.epochs.file(dataHash)) ?? this.deps.content.get(dataHash, { signal });
  }
}
